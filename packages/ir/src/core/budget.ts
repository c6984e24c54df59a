/** An amount that is used up: what a file may make the compiler compute or hold. */
export class Budget {
  #left: number;

  constructor(amount: number) {
    this.#left = amount;
  }

  /** Takes `amount` if that much is left; false, and nothing taken, otherwise. */
  take(amount: number): boolean {
    if (!(amount <= this.#left)) return false;
    this.#left -= amount;
    return true;
  }
}
