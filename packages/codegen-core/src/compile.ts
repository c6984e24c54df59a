import { backEnd, FRONT_END, runPasses, type Graph, type PassObserver } from '@ait-rvv/ir';
import type { Backend } from './backend.js';
import type { Bundle } from './emit/bundle.js';
import { emitProgram, type ProgramOptions } from './emit/program.js';
import { scheduleGraph, type Schedule } from './schedule.js';
import { selectKernels } from './select.js';

/** The graph as the backend's kernels take it. */
export function lower(graph: Graph, backend: Backend, observe?: PassObserver): Graph {
  return runPasses(graph, [...FRONT_END, ...backEnd(backend.layouts, backend.canFuse)], observe);
}

export interface Compiled {
  readonly schedule: Schedule;
  readonly bundle: Bundle;
}

/** From an imported graph to a program: passes, kernels, schedule, memory, C. Pure: nothing touches the disk. */
export function compileGraph(
  graph: Graph,
  backend: Backend,
  options: Omit<ProgramOptions, 'target' | 'march'>,
  observe?: PassObserver,
): Compiled {
  const lowered = lower(graph, backend, observe);
  const schedule = scheduleGraph(lowered, selectKernels(lowered, backend));
  const bundle = emitProgram(schedule, { ...options, target: backend.id, march: backend.target.march });
  return { schedule, bundle };
}
