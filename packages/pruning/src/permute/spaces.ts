import type { Node } from '@ait-rvv/ir';

/** Names a set of channels within one analysis. */
export type SpaceId = number;

/** Channels that may be put into another order together, everywhere they occur. */
export interface Space {
  readonly id: SpaceId;
  readonly extent: number;
  /** Nodes whose weights make these channels, in graph order. */
  readonly producers: readonly Node[];
  /** Why the channels must stay as they are; undefined when they are free. */
  readonly fixed: string | undefined;
}

interface Member {
  parent: SpaceId;
  readonly extent: number;
  readonly producers: Node[];
  fixed: string | undefined;
}

/** Disjoint sets of channels: sets that an op needs in one order are joined, sets that must not move are fixed. */
export class SpaceSets {
  readonly #members: Member[] = [];

  /** New channels; `producer` is the node whose weight makes them. */
  create(extent: number, producer?: Node): SpaceId {
    const producers = producer === undefined ? [] : [producer];
    this.#members.push({ parent: this.#members.length, extent, producers, fixed: undefined });
    return this.#members.length - 1;
  }

  extent(id: SpaceId): number {
    return this.#member(id).extent;
  }

  /** Says that the channels must stay in place. The first reason is kept. */
  fix(id: SpaceId, reason: string): void {
    this.#member(this.find(id)).fixed ??= reason;
  }

  /** Makes two sets of as many channels one; the older one represents both. */
  join(a: SpaceId, b: SpaceId): void {
    const [kept, gone] = [this.find(a), this.find(b)].sort((x, y) => x - y) as [SpaceId, SpaceId];
    if (kept === gone) return;
    const [into, from] = [this.#member(kept), this.#member(gone)];
    into.producers.push(...from.producers);
    into.fixed ??= from.fixed;
    from.parent = kept;
  }

  /** The representative of a set. */
  find(id: SpaceId): SpaceId {
    let root = id;
    while (this.#member(root).parent !== root) root = this.#member(root).parent;
    for (let at = id; at !== root;) {
      const member = this.#member(at);
      at = member.parent;
      member.parent = root;
    }
    return root;
  }

  /** Every set once, by its representative. */
  all(): readonly Space[] {
    return this.#members.flatMap((member, id) => (member.parent === id ? [{ ...member, id }] : []));
  }

  #member(id: SpaceId): Member {
    const member = this.#members[id];
    if (member === undefined) throw new Error(`there is no channel set ${id}`);
    return member;
  }
}
