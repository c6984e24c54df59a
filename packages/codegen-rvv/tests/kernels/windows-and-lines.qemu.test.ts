import { pools, lines } from '../../../../tools/testing/cases/windows-and-lines.js';
import { checkCases } from './check-cases.js';

checkCases('pooling', pools);
checkCases('reductions and softmax', lines, { tolerance: 4e-6 });
