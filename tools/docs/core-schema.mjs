import { coreJsonSchema } from '@ait-rvv/remote';

/** packages/remote/cores/core.schema.json: what a core file may hold, for editors. */
export function coreSchemaFile() {
  return JSON.stringify(coreJsonSchema());
}
