import type { Core } from './core.js';
import { REGISTER_COUNT } from './decode/index.js';
import type { Operation } from './operation.js';

/**
 * An in-order core that issues a few operations per cycle and lets them complete out of order. An operation issues when
 * those before it have, its operands are there, and a unit of its kind is free; an older write to the same register
 * must complete before a younger one. Vector operations may enter a queue instead of waiting for their unit; they
 * leave it in order. Times are fractions of cycles, since measured occupancies are averages.
 */
export class Scoreboard {
  private readonly ready = new Float64Array(REGISTER_COUNT);
  private readonly units: ReadonlyMap<string, Float64Array>;
  private readonly width: number;
  /** When the latest vector operations left the queue, the oldest first; as many as there are places. */
  private readonly departures: number[];
  private time = 0;
  private issuedInCycle = 0;
  private lastDeparture = 0;

  constructor(core: Pick<Core, 'units' | 'issue'>) {
    this.units = new Map(Object.entries(core.units).map(([name, count]) => [name, new Float64Array(count)]));
    this.width = core.issue.width;
    this.departures = new Array<number>(core.issue.vectorQueue).fill(0);
  }

  /** When the latest operation was issued. */
  get now(): number {
    return this.time;
  }

  /** Issues an operation and returns when. */
  issue(operation: Operation): number {
    const queued = operation.vector && this.departures.length > 0;
    const unit = this.freest(operation.unit);
    const able = queued
      ? Math.max(this.departures[0] ?? 0, this.readyAt(operation.scalarReads))
      : this.startOf(operation, unit.free);
    const issued = this.takeSlot(Math.max(this.time, able));
    const start = queued ? Math.max(issued, this.lastDeparture, this.startOf(operation, unit.free)) : issued;
    unit.times[unit.index] = start + operation.occupancy;
    for (const register of operation.writes) this.ready[register] = start + operation.latency;
    if (queued) {
      this.lastDeparture = start;
      this.departures.push(start);
      this.departures.shift();
    }
    return issued;
  }

  /** The earliest start that operands, the destination and the unit allow. */
  private startOf({ reads, writes, latency }: Operation, free: number): number {
    let start = Math.max(free, this.readyAt(reads));
    for (const register of writes) start = Math.max(start, (this.ready[register] ?? 0) - latency + 1);
    return start;
  }

  private readyAt(registers: readonly number[]): number {
    let at = 0;
    for (const register of registers) at = Math.max(at, this.ready[register] ?? 0);
    return at;
  }

  private freest(name: string): { readonly times: Float64Array; readonly index: number; readonly free: number } {
    const times = this.units.get(name);
    if (times === undefined) throw new Error(`the core has no unit ${JSON.stringify(name)}`);
    let index = 0;
    for (let i = 1; i < times.length; i++) if ((times[i] ?? 0) < (times[index] ?? 0)) index = i;
    return { times, index, free: times[index] ?? 0 };
  }

  /** The first moment from `time` on in whose cycle there is an issue slot left. */
  private takeSlot(time: number): number {
    if (Math.floor(time) > Math.floor(this.time)) this.issuedInCycle = 0;
    const isFull = this.issuedInCycle === this.width;
    this.time = isFull ? Math.floor(time) + 1 : time;
    this.issuedInCycle = isFull ? 1 : this.issuedInCycle + 1;
    return this.time;
  }
}
