/** A first line that goes on beyond this is none of ours. */
const LONGEST = 64 * 1024;

/** The first line of what a stream says, as soon as it is whole. */
export class FirstLine {
  readonly line: Promise<string>;
  #found: (line: string) => void = () => undefined;
  #text = '';

  constructor() {
    this.line = new Promise((resolve) => (this.#found = resolve));
  }

  /** Takes the next piece of the stream. */
  readonly listen = (chunk: Buffer): void => {
    if (this.#text.length > LONGEST) return;
    this.#text += chunk.toString('utf8');
    const end = this.#text.indexOf('\n');
    if (end >= 0) this.#found(this.#text.slice(0, end));
  };

  /** The line; rejects when `ended` comes first. */
  before(ended: Promise<unknown>): Promise<string> {
    const first = Promise.race([this.line, ended.then(() => Promise.reject(new Error('it has ended')))]);
    first.catch(() => undefined);
    return first;
  }
}
