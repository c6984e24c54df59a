import type { Toolchain } from '@ait-rvv/remote';

export interface LoopResult {
  readonly name: string;
  readonly lmul: number;
  readonly cycles: number;
}

export interface CoreResults {
  readonly version: string;
  readonly loops: readonly LoopResult[];
  readonly overlap: readonly object[];
  readonly kernels?: readonly object[];
  readonly sgemm?: number;
}

export class Bench {
  constructor(toolchain: Toolchain, env: Readonly<Record<string, string | undefined>>);
  loops(core: string): Promise<readonly LoopResult[]>;
  overlap(core: string): Promise<readonly object[]>;
  kernels(core: string): Promise<readonly object[]>;
  sgemm(core: string): Promise<number>;
  close(): void;
}

export function recordedResults(): { readonly cores: Readonly<Record<string, CoreResults>> } | undefined;

export const RESULTS: string;
