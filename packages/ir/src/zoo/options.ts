/** What every network of the zoo can be built for. */
export interface ZooOptions {
  /** Height and width of the picture. */
  readonly size: number;
  readonly batch: number;
  /** Seed of the weights. */
  readonly seed: number;
  readonly classes: number;
}
