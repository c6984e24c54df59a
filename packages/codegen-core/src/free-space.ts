import { countBefore } from './sorted.js';

/** Bytes nothing lies in, between two that something lies in. */
interface Gap {
  readonly at: number;
  readonly room: number;
}

/** What is free of memory that is taken and given back piece by piece; gaps that touch are one. */
export class FreeSpace {
  /** Everything from here on is free. */
  #top = 0;
  /** Gaps below the top, the smallest first, of equal ones the lowest. */
  readonly #byRoom: Gap[] = [];
  readonly #byStart = new Map<number, Gap>();
  readonly #byEnd = new Map<number, Gap>();

  /** Takes the smallest gap that holds so many bytes, the lowest of equal ones, or what is at the top. */
  take(bytes: number): number {
    const gap = this.#byRoom[this.#indexOf({ at: 0, room: bytes })];
    if (gap === undefined) {
      this.#top += bytes;
      return this.#top - bytes;
    }
    this.#remove(gap);
    if (gap.room > bytes) this.#add({ at: gap.at + bytes, room: gap.room - bytes });
    return gap.at;
  }

  give(at: number, bytes: number): void {
    let [start, end] = [at, at + bytes];
    const below = this.#byEnd.get(start);
    if (below !== undefined) {
      this.#remove(below);
      start = below.at;
    }
    const above = this.#byStart.get(end);
    if (above !== undefined) {
      this.#remove(above);
      end += above.room;
    }
    if (end === this.#top) this.#top = start;
    else this.#add({ at: start, room: end - start });
  }

  #add(gap: Gap): void {
    this.#byRoom.splice(this.#indexOf(gap), 0, gap);
    this.#byStart.set(gap.at, gap);
    this.#byEnd.set(gap.at + gap.room, gap);
  }

  #remove(gap: Gap): void {
    this.#byRoom.splice(this.#indexOf(gap), 1);
    this.#byStart.delete(gap.at);
    this.#byEnd.delete(gap.at + gap.room);
  }

  /** Of the first gap that does not come before this one. */
  #indexOf({ at, room }: Gap): number {
    return countBefore(this.#byRoom.length, (index) => {
      const other = this.#byRoom[index] ?? { at: Infinity, room: Infinity };
      return other.room < room || (other.room === room && other.at < at);
    });
  }
}
