import type { Graph } from '../core/graph.js';
import { verifyGraph } from '../core/verify.js';

/** A named pure function from graph to graph. */
export interface Pass {
  readonly name: string;
  run(graph: Graph): Graph;
}

/** Called after each pass with its result, for dumps and timings. */
export type PassObserver = (pass: Pass, result: Graph, milliseconds: number) => void;

/** Runs the passes in order, verifying the graph at every border. */
export function runPasses(graph: Graph, passes: readonly Pass[], observe?: PassObserver): Graph {
  verifyGraph(graph);
  return passes.reduce((current, pass) => {
    const start = performance.now();
    const result = pass.run(current);
    verifyGraph(result);
    observe?.(pass, result, performance.now() - start);
    return result;
  }, graph);
}
