export interface Held {
  readonly vlen: number;
  readonly arena: number;
  /** The largest set of values that are alive at once. */
  readonly live: number;
  readonly scratch: number;
  readonly weights: number;
}

export function heldMemory(folder: string, vlens: readonly number[]): Promise<readonly Held[]>;
