import type { Values } from '@ait-rvv/command';
import type { Context } from '../../context.js';

/** What an action on boards has been asked for. */
export interface BoardWork {
  readonly name: string;
  readonly address: string;
  readonly json: boolean;
  readonly values: Values;
  readonly context: Context;
}
