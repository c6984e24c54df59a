/** One way to treat a layer: what it costs, and the logarithm of the share of its score it retains (0 when dense). */
export interface Choice {
  readonly cost: number;
  readonly logRetained: number;
}

/**
 * Picks one choice a layer so that the costs stay within `limit` and the sum of the logarithms, and with it the
 * geometric mean of the retained shares, is as large as can be.
 *
 * Each layer's choices are reduced to their upper convex hull, where every step up costs more for each gain than the
 * one before. Starting from the cheapest choice of every layer, the steps of all layers are taken in the order of gain
 * for cost, as far as they fit: the best there is, short of what the last step leaves over. What is left over then goes
 * to any choice, on the hull or off it, that still fits. Ties go to the earlier layer.
 *
 * @returns the index of each layer's choice, or undefined when even the cheapest cost more than the limit
 */
export function allocate(layers: readonly (readonly Choice[])[], limit: number): readonly number[] | undefined {
  const hulls = layers.map(upperHull);
  const picked = hulls.map((hull) => hull[0] ?? 0);
  const costOf = (layer: number, choice: number): number => layers[layer]?.[choice]?.cost ?? 0;
  let spent = picked.reduce((sum, choice, layer) => sum + costOf(layer, choice), 0);
  if (spent > limit) return undefined;
  const stuck = new Set<number>();
  for (const { layer, from, to } of stepsByWorth(layers, hulls)) {
    if (stuck.has(layer)) continue;
    const more = costOf(layer, to) - costOf(layer, from);
    if (spent + more > limit) {
      // Later steps of the layer build on this one.
      stuck.add(layer);
      continue;
    }
    picked[layer] = to;
    spent += more;
  }
  useUp(layers, picked, limit - spent);
  return picked;
}

/** Indices of the choices on the upper hull over cost, cheapest first; no cheaper one retains as much. */
function upperHull(choices: readonly Choice[]): readonly number[] {
  const at = (index: number): Choice => choices[index] ?? { cost: 0, logRetained: 0 };
  const sorted = choices
    .map((_, index) => index)
    .sort((a, b) => at(a).cost - at(b).cost || at(b).logRetained - at(a).logRetained || a - b);
  const hull: number[] = [];
  for (const index of sorted) {
    const last = hull[hull.length - 1];
    if (last !== undefined && at(index).logRetained <= at(last).logRetained) continue;
    while (hull.length > 1 && bends(at(hull[hull.length - 2] ?? 0), at(hull[hull.length - 1] ?? 0), at(index)))
      hull.pop();
    hull.push(index);
  }
  return hull;
}

/** Whether `b` lies on or below the line from `a` to `c`. */
function bends(a: Choice, b: Choice, c: Choice): boolean {
  return worth(a, b) <= worth(a, c);
}

/** Gain for each unit of cost. */
function worth(from: Choice, to: Choice): number {
  return (to.logRetained - from.logRetained) / (to.cost - from.cost);
}

interface Step {
  readonly layer: number;
  readonly from: number;
  readonly to: number;
  readonly worth: number;
}

function stepsByWorth(layers: readonly (readonly Choice[])[], hulls: readonly (readonly number[])[]): readonly Step[] {
  const steps = hulls.flatMap((hull, layer) =>
    hull.slice(1).map((to, index): Step => {
      const from = hull[index] ?? 0;
      const [low, high] = [layers[layer]?.[from], layers[layer]?.[to]];
      return { layer, from, to, worth: low && high ? worth(low, high) : 0 };
    }),
  );
  // A stable sort: steps of equal worth stay in the order of layers, and of each layer in the order of its hull.
  return steps.sort((a, b) => b.worth - a.worth);
}

/** Gives what is left of the budget to whichever choices gain most by it. */
function useUp(layers: readonly (readonly Choice[])[], picked: number[], budget: number): void {
  let left = budget;
  for (;;) {
    let best: { layer: number; choice: number; gain: number; cost: number } | undefined;
    layers.forEach((choices, layer) => {
      const now = choices[picked[layer] ?? 0];
      choices.forEach((choice, index) => {
        const gain = choice.logRetained - (now?.logRetained ?? 0);
        const cost = choice.cost - (now?.cost ?? 0);
        if (gain > (best?.gain ?? 0) && cost <= left) best = { layer, choice: index, gain, cost };
      });
    });
    if (best === undefined) return;
    picked[best.layer] = best.choice;
    left -= best.cost;
  }
}
