import { pruneCommand } from '@ait-rvv/pruning/command';
import type { Command } from '../context.js';
import { MEASURED_PLANNING } from '../tuning/measured-planning.js';

export const prune: Command = pruneCommand(MEASURED_PLANNING);
