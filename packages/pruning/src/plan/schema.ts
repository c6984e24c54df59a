import { elementCount } from '@ait-rvv/ir';
import { z } from 'zod';

const whole = z.number().int().nonnegative();
const positive = z.number().int().positive();
const share = z.number().min(0).max(1);

const macs = z
  .strictObject({ before: whole, after: whole })
  .describe('multiply-adds of one inference, dense and pruned');

/** What every layer of a plan has. */
const common = {
  name: z.string().describe('name of the layer: of the first node that uses the weight'),
  op: z.enum(['conv2d', 'linear']),
  weight: z.string().describe('name of the weight in the optimised graph, which is that of the parameter'),
  shape: z.array(positive).describe('shape of the weight'),
  rowAxis: z.union([z.literal(0), z.literal(1)]).describe('axis of the weight that holds the output channels'),
  groups: positive.describe('groups of the convolution'),
  alsoUsedBy: z.array(z.string()).optional().describe('further nodes that share the weight'),
  permutation: z.string().optional().describe('name of the permutation its output channels take'),
  macs,
};

const dense = z.strictObject({ ...common, reason: z.string().describe('why the layer stays dense') });

const pruned = z.strictObject({
  ...common,
  tileRows: positive.describe('T of the mask: rows of a tile keep the same columns. Holds for every divisor of T'),
  n: positive.describe('kept columns of each full group'),
  m: positive.describe('columns of a group; all of them where one group spans the row'),
  ratio: share.describe('share of columns to drop: n = max(1, m - floor(ratio * m)), the ratio taken as exact decimal'),
  keptColumns: positive.describe('columns each tile keeps'),
  retained: share.describe('share of the score that the kept columns have'),
  columns: z
    .string()
    .regex(/^[A-Za-z0-9+/]*={0,2}$/)
    .optional()
    .describe(
      'kept columns, where the weights alone do not tell: base64 of one bit a column, tile by tile, each tile filled up to whole bytes, lowest bit first',
    ),
});

const totals = z.strictObject({
  layers: whole.describe('layers of the plan'),
  pruned: whole.describe('layers that are pruned'),
  macs: macs.describe('multiply-adds of the whole model'),
  weights: z
    .strictObject({ before: whole, after: whole })
    .describe('elements of the layers’ weights, before and after pruning'),
  retained: share.describe('geometric mean of the layers’ retained shares, a dense layer counting 1'),
});

export const planSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    model: z.strictObject({
      name: z.string(),
      sha256: z.string().describe('of the model file, or of the zoo reference'),
    }),
    score: z.enum(['l1', 'l2', 'external']).describe('sum of magnitudes, of squares, or of given importances'),
    totals,
    permutations: z
      .array(
        z.strictObject({
          name: z.string().describe('of the first layer whose output channels are reordered'),
          order: z.array(whole).describe('new channel i is the channel order[i] of the model'),
        }),
      )
      .describe('orders of output channels, shared by layers whose results are added'),
    layers: z.array(z.union([pruned, dense])),
  })
  .meta({ title: 'Pruning plan of ait-rvv', description: 'Column-wise N:M pruning of one model, layer by layer' });

/** Which columns of which layers of one model are kept. */
export type Plan = z.infer<typeof planSchema>;
export type PlanLayer = Plan['layers'][number];
export type DensePlanLayer = z.infer<typeof dense>;
export type PrunedPlanLayer = z.infer<typeof pruned>;

/** Whether the plan prunes the layer. */
export function isPruned(layer: PlanLayer): layer is PrunedPlanLayer {
  return !('reason' in layer);
}

/** Rows and columns of a layer's weight. */
export function planMatrix({ shape, rowAxis }: Pick<PlanLayer, 'shape' | 'rowAxis'>): { rows: number; depth: number } {
  const rows = shape[rowAxis] ?? 1;
  return { rows, depth: elementCount(shape) / rows };
}

/** The schema of plan files, as JSON Schema. */
export function planJsonSchema(): object {
  return z.toJSONSchema(planSchema, { target: 'draft-2020-12' });
}
