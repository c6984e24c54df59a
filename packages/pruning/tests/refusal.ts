import { CompileError } from '@ait-rvv/ir';

/** The message of the CompileError that `act` throws, or `accepted`. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
  return 'accepted';
}
