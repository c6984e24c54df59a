import { profileJsonSchema } from '@ait-rvv/tuning';

/** packages/tuning/profile.schema.json: what a profile summary holds, for retraining outside this project. */
export function profileSchemaFile() {
  return JSON.stringify(profileJsonSchema(), undefined, 2);
}
