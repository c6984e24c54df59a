import { readInputFile, UsageError } from '@ait-rvv/command';
import { PLAN_PATH } from '@ait-rvv/codegen-core';
import { parsePlan, type Plan } from '@ait-rvv/pruning';
import { createHash } from 'node:crypto';
import { isDType, type DType } from '@ait-rvv/ir';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const tensor = z.object({
  name: z.string(),
  dtype: z.custom<DType>((value) => typeof value === 'string' && isDType(value)),
  shape: z.array(z.number().int().nonnegative()),
});

const schema = z.object({
  schemaVersion: z.literal(1),
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/),
  target: z.string(),
  march: z.string(),
  threads: z.number().int().positive(),
  source: z.object({
    model: z.string(),
    sha256: z.string(),
    shapes: z.record(z.string(), z.array(z.number().int().nonnegative())),
    constants: z.array(z.string()).optional(),
  }),
  plan: z.object({ file: z.string(), sha256: z.string() }).nullable(),
  inputs: z.array(tensor),
  outputs: z.array(tensor),
  memory: z.object({ arenaBytes: z.number(), arenaLowerBound: z.number(), weightBytes: z.number() }),
  layers: z.array(
    z.object({
      name: z.string(),
      text: z.string(),
      kernel: z.string(),
      multiplyAdds: z.number(),
      /** Layers of one step are computed together. */
      step: z.number().int().nonnegative(),
      outputs: z.array(z.object({ name: z.string() })),
    }),
  ),
});

export type Manifest = z.infer<typeof schema>;

/** The manifest of a folder that `compile` has written. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path))
    throw new UsageError(`${JSON.stringify(folder)} is no output folder of ait-rvv compile: it has no manifest.json`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new UsageError(`${JSON.stringify(path)} is damaged: it is no JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UsageError(`${JSON.stringify(path)} is damaged: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

/** The program to run, relative to the folder. */
export function programOf(folder: string, manifest: Manifest): string {
  const program = `build/${manifest.name}`;
  if (existsSync(join(folder, program))) return program;
  throw new UsageError(`${JSON.stringify(folder)} holds no program ${program}`, [
    'compile with --emit exe, or run make in it',
  ]);
}

/** The pruning plan a program follows, checked to be the one it was compiled with; undefined when there is none. */
export function readPlanOf(folder: string, { plan }: Manifest): Plan | undefined {
  if (plan === null) return undefined;
  const bytes = readInputFile(join(folder, PLAN_PATH), 'plan');
  if (createHash('sha256').update(bytes).digest('hex') !== plan.sha256) {
    throw new UsageError(`${JSON.stringify(join(folder, PLAN_PATH))} is not the plan the program was compiled with`);
  }
  return parsePlan(new TextDecoder().decode(bytes), PLAN_PATH);
}
