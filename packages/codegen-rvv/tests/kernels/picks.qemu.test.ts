import { lineWalks } from '../../../../tools/testing/cases/line-walks.js';
import { picks } from '../../../../tools/testing/cases/picks.js';
import { checkCases } from './check-cases.js';

checkCases('picks and writes', picks);
checkCases('line by line', lineWalks, { tolerance: 4e-6 });
