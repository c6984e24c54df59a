import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeGraph, wideGraph } from './node-graph.mjs';

const NODES = [500, 1000, 2000, 5000];
const MOST_SECONDS = 20;
/** A further node of the largest graph may take so many times what one of the smaller graphs takes. */
const MOST_GROWTH = 1.5;

/** One block after the other, and thousands of nodes side by side. */
const GRAPHS = { deep: nodeGraph, wide: wideGraph };

/**
 * Prints what graphs of many nodes take. Limits: the largest in 20 s, and time grows with the nodes, not faster.
 * Returns how many limits are exceeded.
 */
export function nodeTables(folder, compile) {
  console.log('\ngraph  nodes   seconds   peak memory   ms a further node');
  return Object.entries(GRAPHS).reduce((sum, [name, make]) => sum + nodeTable(folder, compile, name, make), 0);
}

function nodeTable(folder, compile, name, make) {
  const rates = [];
  let before;
  for (const count of NODES) {
    const model = join(folder, `${name}-${count}.onnx`);
    writeFileSync(model, make(count));
    const { seconds, gigabytes } = compile(model);
    const cells = [
      name.padEnd(5),
      String(count).padStart(5),
      seconds.toFixed(2).padStart(8),
      `${gigabytes.toFixed(2).padStart(11)} GB`,
    ];
    // The first graph takes the start of the process, too.
    if (before !== undefined) {
      const rate = (1000 * (seconds - before.seconds)) / (count - before.count);
      rates.push(rate);
      cells.push(rate.toFixed(2).padStart(17));
    }
    console.log(cells.join('  '));
    before = { count, seconds };
  }
  const last = rates.pop();
  return Number(before.seconds > MOST_SECONDS) + Number(last > MOST_GROWTH * Math.max(...rates));
}
