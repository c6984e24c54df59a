import type { Command } from '../context.js';
import { bench } from './bench.js';
import { compile } from './compile.js';
import { device } from './device.js';
import { doctor } from './doctor.js';
import { inspect } from './inspect.js';
import { optimize } from './optimize.js';
import { prune } from './prune.js';
import { run } from './run.js';
import { tune } from './tune.js';
import { verify } from './verify.js';

/** Every command of `ait-rvv`, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  inspect,
  optimize,
  prune,
  tune,
  compile,
  run,
  verify,
  bench,
  device,
  doctor,
];
