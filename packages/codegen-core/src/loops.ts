/** Nested loops over tensors that are walked together: extents from the outermost in, and each tensor's strides. */
export interface Loops {
  readonly extents: readonly number[];
  /** One list per tensor, as long as `extents`. */
  readonly strides: readonly (readonly number[])[];
}

/** The same walk with as few loops as possible: loops of one turn fall away, loops that all tensors continue merge. */
export function collapseLoops({ extents, strides }: Loops): Loops {
  const outExtents: number[] = [];
  const outStrides = strides.map(() => [] as number[]);
  extents.forEach((extent, loop) => {
    if (extent === 1) return;
    const last = outExtents.length - 1;
    const outer = outExtents[last];
    const continues =
      outer !== undefined && strides.every((own, tensor) => outStrides[tensor]?.[last] === (own[loop] ?? 0) * extent);
    if (continues) {
      outExtents[last] = outer * extent;
      strides.forEach((own, tensor) => void outStrides[tensor]?.splice(last, 1, own[loop] ?? 0));
    } else {
      outExtents.push(extent);
      strides.forEach((own, tensor) => void outStrides[tensor]?.push(own[loop] ?? 0));
    }
  });
  return { extents: outExtents, strides: outStrides };
}

/** Exactly `count` loops, with loops of one turn added outside; undefined when there are more. */
export function padLoops({ extents, strides }: Loops, count: number): Loops | undefined {
  const missing = count - extents.length;
  if (missing < 0) return undefined;
  return {
    extents: [...new Array<number>(missing).fill(1), ...extents],
    strides: strides.map((own) => [...new Array<number>(missing).fill(0), ...own]),
  };
}
