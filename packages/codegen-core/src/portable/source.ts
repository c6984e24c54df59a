import type { DType } from '@ait-rvv/ir';
import { readRuntimeFile } from '../emit/runtime-files.js';
import { size } from '../fields.js';
import type { CArg, CField, KernelInstance, KernelSource } from '../kernel.js';
import { oneCall } from '../one-call.js';

/** Axes a portable kernel walks; AIT_PORTABLE_AXES in C. */
export const PORTABLE_AXES = 6;

/** A portable kernel of native/runtime/src/portable; `headers` are what its files include besides their own. */
export function portableSource(family: string, headers: readonly string[] = []): KernelSource {
  const path = (file: string): string => `src/kernels/portable/${file}`;
  const files = [`${family}.c`, `${family}.h`, ...headers.map((name) => `${name}.h`)];
  return {
    symbol: `ait_${family}__portable`,
    argsType: `ait_portable_${family}_args`,
    header: `portable/${family}.h`,
    scratchParameters: 0,
    files: new Map(files.map((file) => [path(file), readRuntimeFile(`src/portable/${file}`)])),
    rvv: path(`${family}.c`),
    scalar: path(`${family}.c`),
    portable: true,
  };
}

/** An instance of one portable kernel: a call, and what else there is to say. */
export function portableInstance(
  source: KernelSource,
  args: readonly CField[],
  more: Partial<KernelInstance> = {},
): KernelInstance {
  return oneCall(source.symbol.replace(/^ait_(.*)__portable$/, 'portable_$1'), source, args, more);
}

/** A constant of an enum in a kernel's header. */
export function symbol(name: string, constant: string): CField {
  const arg: CArg = { kind: 'symbol', name: constant };
  return { name, arg };
}

/** `layerNorm` as C constants spell it: `LAYER_NORM`. */
export function constantName(kind: string): string {
  return kind.replace(/[A-Z]/g, '_$&').toUpperCase();
}

/** The constant of an element type that portable kernels compute with. */
export function elementType(name: string, dtype: DType): CField {
  return symbol(name, `AIT_TYPE_${dtype.toUpperCase()}`);
}

/** Why portable kernels do not compute with the type; undefined when they do. */
export function refusedType(dtype: DType): string | undefined {
  return dtype === 'f16' ? 'element type f16 is not supported at run time' : undefined;
}

/** Elements as a cost: portable code handles one at a time. */
export function scalarCycles(elements: number, each = 4): number {
  return elements * each;
}

/** Whole number fields, in order. */
export function wholes(values: Readonly<Record<string, number>>): CField[] {
  return Object.entries(values).map(([name, value]) => size(name, value));
}
