import { typeAt, valueAt, type Graph, type Node, type ValueId } from '@ait-rvv/ir';
import { SpaceSets, type SpaceId } from './spaces.js';

/** The axis of a value along which its channels lie, and whose channels they are, one set after the other. */
export interface Track {
  readonly axis: number;
  readonly sets: readonly SpaceId[];
}

/** A constant input whose elements follow the channels along an axis. */
export interface ConstantUse {
  readonly input: number;
  readonly axis: number;
  readonly sets: readonly SpaceId[];
}

/** Where channels flow in a graph, as far as it has been followed; what the transfer of each op works on. */
export class ChannelFlow {
  readonly sets = new SpaceSets();
  readonly uses = new Map<Node, ConstantUse[]>();
  readonly #tracks = new Map<ValueId, Track>();

  constructor(readonly graph: Graph) {}

  /** Where the channels of a value lie; undefined when it has none that could move. */
  track(id: ValueId | undefined): Track | undefined {
    return id === undefined ? undefined : this.#tracks.get(id);
  }

  /** Says where the channels of a node's output lie. */
  carry(id: ValueId | undefined, track: Track | undefined): void {
    if (id !== undefined && track !== undefined) this.#tracks.set(id, track);
  }

  shape(id: ValueId | undefined): readonly number[] {
    return id === undefined ? [] : typeAt(this.graph, id).shape;
  }

  isConstant(id: ValueId): boolean {
    return valueAt(this.graph, id).constant?.kind === 'dense';
  }

  /** Says that the channels of a value must stay in place. */
  fix(track: Track | undefined, reason: string): void {
    for (const set of track?.sets ?? []) this.sets.fix(set, reason);
  }

  /** Makes channels that meet element by element move together. */
  tie(a: Track, b: Track, reason: string): void {
    const extents = (track: Track): string => track.sets.map((set) => this.sets.extent(set)).join();
    if (extents(a) === extents(b)) a.sets.forEach((set, index) => this.sets.join(set, b.sets[index] ?? set));
    else for (const track of [a, b]) this.fix(track, reason);
  }

  /** Says that a constant input follows the channels along `axis`. */
  follow(node: Node, input: number, axis: number, sets: readonly SpaceId[]): void {
    const known = this.uses.get(node) ?? [];
    known.push({ input, axis, sets });
    this.uses.set(node, known);
  }
}
