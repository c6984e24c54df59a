/** Asks the user at a terminal; absent where there is none. */
export interface Prompts {
  /** Asks for a text that is not shown while it is typed; undefined when the user gives up. */
  secret(question: string): Promise<string | undefined>;
  /** Asks a yes-or-no question. */
  confirm(question: string): Promise<boolean>;
}

/**
 * Remembers what the user has typed for as long as the process lives, so that a new connection asks nothing again.
 * Nothing of it is ever written, logged or put into a message.
 */
export class SecretMemory {
  readonly #secrets = new Map<string, string>();
  readonly #prompts: Prompts | undefined;

  constructor(prompts: Prompts | undefined) {
    this.#prompts = prompts;
  }

  get interactive(): boolean {
    return this.#prompts !== undefined;
  }

  /** What was typed before for this question, or asks it. */
  async ask(question: string): Promise<string | undefined> {
    const known = this.#secrets.get(question);
    if (known !== undefined) return known;
    const typed = await this.#prompts?.secret(question);
    if (typed !== undefined) this.#secrets.set(question, typed);
    return typed;
  }

  /** It was wrong: the next time it is asked again. */
  forget(question: string): void {
    this.#secrets.delete(question);
  }
}
