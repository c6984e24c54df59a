import { COMMON_CASES } from './common.js';
import { LINE_CASES } from './lines.js';
import { NUMBER_CASES } from './numbers.js';
import type { OpCases } from './op-case.js';
import { PLACE_CASES } from './places.js';
import { WINDOW_CASES } from './windows.js';

export { caseModel, emptyShapes, type OpCase } from './op-case.js';

/** Single operators, by what is special about them. */
export const OP_CASES: OpCases = {
  ...COMMON_CASES,
  ...NUMBER_CASES,
  ...WINDOW_CASES,
  ...LINE_CASES,
  ...PLACE_CASES,
};
