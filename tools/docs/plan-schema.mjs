import { planJsonSchema } from '@ait-rvv/pruning';

/** packages/pruning/plan.schema.json: what a plan file holds, for editors and for checks outside this project. */
export function planSchemaPage() {
  return JSON.stringify(planJsonSchema(), undefined, 2);
}
