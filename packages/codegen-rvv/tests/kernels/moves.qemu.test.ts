import { moves } from '../../../../tools/testing/cases/moves.js';
import { checkCases } from './check-cases.js';

checkCases('moves', moves, { tolerance: 1e-6 });
