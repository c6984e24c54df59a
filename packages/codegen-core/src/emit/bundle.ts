/** A generated program: path below its root to contents. Nothing here touches a disk. */
export type Bundle = ReadonlyMap<string, Uint8Array>;

/** Collects files, refusing to give one path two contents. */
export class BundleWriter {
  readonly #files = new Map<string, Uint8Array>();

  text(path: string, text: string): void {
    this.bytes(path, new TextEncoder().encode(text));
  }

  bytes(path: string, bytes: Uint8Array): void {
    const known = this.#files.get(path);
    if (known !== undefined && !sameBytes(known, bytes)) throw new Error(`two contents for ${path}`);
    this.#files.set(path, bytes);
  }

  finish(): Bundle {
    return new Map([...this.#files].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
