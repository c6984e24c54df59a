import { elementwiseChains } from '../../../../tools/testing/cases/elementwise.js';
import { checkCases } from './check-cases.js';

checkCases('elementwise chains', elementwiseChains, { tolerance: 4e-6 });
