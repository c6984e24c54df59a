import { z } from 'zod';
import { deviceSchema } from '../cache/measurement.js';

const cost = z.number().nonnegative();

const choice = {
  algorithm: z.string().describe('the kernel that was measured to be best'),
  t: z.number().int().positive().nullable().describe('T: rows of its register tile; null where it has none'),
  l: z.number().int().positive().nullable().describe('L: registers of a group (LMUL)'),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])).describe('all parameters of the kernel'),
  cost: cost.describe('of one inference, in the unit of the profile'),
};

const dense = z.strictObject(choice);

const pruned = z.strictObject({
  ...choice,
  ratio: z.number().min(0).max(1).describe('share of the columns that is dropped'),
  tileRows: z.number().int().positive().describe('T of the mask'),
  n: z.number().int().positive(),
  m: z.number().int().positive(),
});

const parameter = z.strictObject({
  parameter: z.string().describe('name of the weight in the model'),
  layers: z.array(z.string()).describe('nodes that use it; costs are those of all of them'),
  shape: z.array(z.number().int().positive()),
  dense,
  pruned: z.array(pruned).describe('by ratio and height of the mask’s tiles; empty where it was left dense'),
  breakEven: z
    .strictObject({ ratio: z.number().min(0).max(1), kind: z.enum(['between', 'extrapolated', 'atMost']) })
    .nullable()
    .describe(
      'ratio from which on pruning in tiles of the chosen height costs less than dense; null where none tried does',
    ),
});

const total = z.strictObject({
  ratio: z.number().min(0).max(1),
  tileRows: z.number().int().positive(),
  cost,
});

export const profileSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    model: z.strictObject({ name: z.string(), sha256: z.string() }),
    device: deviceSchema,
    compiler: z.string(),
    unit: z.enum(['cycles', 'nanoseconds']),
    tileRows: z
      .number()
      .int()
      .positive()
      .nullable()
      .describe('height of mask tiles with which the network costs least over the ratios tried; null without any'),
    total: z
      .strictObject({ dense: cost, pruned: z.array(total) })
      .describe('sums over the measured layers; what only moves elements is not measured'),
    parameters: z.array(parameter),
  })
  .meta({
    title: 'Profile summary of ait-rvv',
    description: 'What each parameter of a model costs on a device, dense and pruned: data for retraining',
  });

export type Profile = z.infer<typeof profileSchema>;
export type ProfileParameter = Profile['parameters'][number];

/** The schema of profile summaries, as JSON Schema. */
export function profileJsonSchema(): object {
  return z.toJSONSchema(profileSchema, { target: 'draft-2020-12' });
}
