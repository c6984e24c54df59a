/** Where a model came from, so that whoever checks a result later finds it again. */
export interface ModelSource {
  /** File name or zoo reference as given; relative paths are relative to where the command ran. */
  readonly model: string;
  /** SHA-256 of the file, or of the zoo reference. */
  readonly sha256: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Inputs bound to values, as given: `NAME=FILE.npy`. */
  readonly constants?: readonly string[] | undefined;
}
