import { backEnd, FRONT_END, runPasses, type Graph, type Pass, type PassObserver } from '@ait-rvv/ir';
import type { Backend } from './backend.js';
import type { Bundle } from './emit/bundle.js';
import { emitProgram, type ProgramOptions } from './emit/program.js';
import { scheduleGraph, type Schedule } from './schedule.js';
import { selectKernels, type Choose } from './select.js';

export interface LowerOptions {
  /** Runs between the front end and the back end: gives weights another encoding. */
  readonly encode?: Pass;
  readonly observe?: PassObserver;
}

export interface CompileOptions extends Omit<ProgramOptions, 'target' | 'march' | 'platform'>, LowerOptions {
  /** Chooses kernels by measurement; default: the cost estimate does. */
  readonly choose?: Choose;
}

/** The graph as the backend's kernels take it. */
export function lower(graph: Graph, backend: Backend, { encode, observe }: LowerOptions = {}): Graph {
  const passes = [...FRONT_END, ...(encode === undefined ? [] : [encode]), ...backEnd(backend)];
  return runPasses(graph, passes, observe);
}

export interface Compiled {
  readonly schedule: Schedule;
  readonly bundle: Bundle;
}

/** From an imported graph to a program: passes, kernels, schedule, memory, C. Pure: nothing touches the disk. */
export function compileGraph(graph: Graph, backend: Backend, options: CompileOptions): Compiled {
  const lowered = lower(graph, backend, options);
  const schedule = scheduleGraph(lowered, selectKernels(lowered, backend, options.choose), backend.join);
  const { id, target, platform = {} } = backend;
  const bundle = emitProgram(schedule, { ...options, target: id, march: target.march, platform });
  return { schedule, bundle };
}
