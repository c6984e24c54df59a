import { defineKernel } from '@ait-rvv/codegen-core';
import type { PanelLayout } from '../blocking.js';
import { bindSteps, channelWalk, type BoundEpilogue } from '../epilogue.js';
import { positions, tensor } from '../fields.js';
import { staggerLag } from '../limits.js';
import { evenRows } from '../packing.js';
import { matchUnstaged, pointwiseObstacle, type ConvMatch } from './conv.js';
import { dims, nearProducts, productCycles, productInstance, products, type Product } from './product.js';

interface PrologueMatch extends ConvMatch {
  readonly prologue: BoundEpilogue;
}

/** Cycles of loading a register group of 16 elements of a channel, taking it through the steps and storing it, memory included. */
const PREPARED_LINE = 15;

/** Panels of one set of strips at a time: what is prepared stays in the first-level cache for all tiles. */
const panelOf = (strip: number): PanelLayout => ({ columnBytes: strip * 4, unit: 1, roundBytes: 0 });

/**
 * 1x1, stride 1, no padding, behind steps that its input goes through alone, the normalisation and activation in front of a
 * convolution: each strip goes through them on its way into a panel in cache, and is never stored otherwise.
 */
export const convPrologue = defineKernel<PrologueMatch, Product>({
  id: 'gemm_prologue',
  match(node, context) {
    const match = matchUnstaged(node, context);
    if ('reason' in match) return match;
    const { prologue } = match.node.attrs;
    if (prologue === undefined) return { reason: 'no steps come before it' };
    const obstacle = pointwiseObstacle(match.node.attrs, match.weightShape);
    if (obstacle !== undefined) return { reason: obstacle };
    const bound = bindSteps(context.graph, node, prologue, match.x, channelWalk(4));
    if (typeof bound === 'string') return { reason: bound };
    return bound.laneInputs.length === 0
      ? { ...match, prologue: bound }
      : { reason: 'a step before it reads a picture' };
  },
  candidates: (match, target) => products(match, target, { panelOf }),
  variations: nearProducts,
  cost(match, parameters, target) {
    const { groups, depth, positions: count } = dims(match);
    const strips = Math.ceil(count / parameters.strip);
    const panel = (depth * PREPARED_LINE * parameters.strip) / 16;
    return productCycles(match, parameters, target) + groups * strips * panel;
  },
  emit(match, parameters) {
    const { node, x, y, epilogue, prologue } = match;
    const { l, strip, kBlock, roundStrips } = parameters;
    return productInstance(match, {
      family: 'gemm_prologue',
      kernel: 'gemm_prologue',
      parameters,
      views: [evenRows(strip)],
      fields: () => [
        tensor('x', node.inputs[0]),
        positions('x_at', x, node.inputs[0]),
        { name: 'x_steps', arg: prologue.data },
        tensor('y', node.outputs[0]),
        positions('y_at', y, node.outputs[0]),
        { name: 'steps', arg: epilogue.data },
      ],
      prologue: prologue.steps,
      form: { parameters: { prologue_lag: staggerLag(prologue.steps, 32 / l - 4) }, name: '' },
      panels: roundStrips * kBlock * strip,
    });
  },
});
