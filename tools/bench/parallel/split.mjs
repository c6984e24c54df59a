/** A layer is shared when a thread beside the first did more of it than waking up. */
const LEAST_SHARE = 0.01;

/** What a layer took: all of it, its slowest thread, all threads added up, and whether several had a part in it. */
export function layerSplit({ name, cycles, threadCycles }) {
  if (threadCycles === undefined) return { name, cycles };
  const slowest = Math.max(...threadCycles);
  const sum = threadCycles.reduce((all, one) => all + one, 0);
  const shared = threadCycles.slice(1).some((one) => one > LEAST_SHARE * slowest);
  return { name, cycles, slowest, sum, shared };
}

/**
 * Where the cycles of a layer on several threads go: its cycles on one thread shared evenly, what the threads need
 * beyond those (lines another thread has displaced, weights read by each), waiting for the slowest, and waiting for
 * memory that serves all. The four add up to the layer's cycles.
 */
export function lossOf(layer, alone, threads) {
  return {
    even: alone / threads,
    work: (layer.sum - alone) / threads,
    imbalance: layer.slowest - layer.sum / threads,
    memory: layer.cycles - layer.slowest,
  };
}

/** The losses of a whole network: those of its layers added up. */
export function networkLoss(row, alone) {
  const total = { even: 0, work: 0, imbalance: 0, memory: 0 };
  for (const layer of row.layers) {
    const own = alone.layers.find((one) => one.name === layer.name)?.cycles ?? 0;
    const loss = lossOf(layer, own, row.threads);
    for (const part of Object.keys(total)) total[part] += loss[part];
  }
  // What is a part of another layer on several threads has a share of its own on one.
  for (const { name, cycles } of alone.layers) {
    if (row.layers.some((one) => one.name === name)) continue;
    total.even += cycles / row.threads;
    total.work -= cycles / row.threads;
  }
  return total;
}

/** The row a row is compared with: the same on one thread. */
export function aloneOf(row, rows) {
  const same = (one) => ['network', 'variant', 'batch', 'size', 'device'].every((name) => one[name] === row[name]);
  return rows.find((one) => one.threads === 1 && same(one));
}
