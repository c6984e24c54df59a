import { templateFolder, type KernelSource, type RuntimeSource } from '@ait-rvv/codegen-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Expands a template of this package. */
export const render = templateFolder(folder('templates'));

/** Where the target's C lies in a program. */
const PLACE = 'src/kernels/xnnpack';

function cFiles(...names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [`${PLACE}/${name}`, readFileSync(join(folder('c'), name), 'utf8')]));
}

/** The team of threads on pthreadpool. */
export function workersSource(): RuntimeSource {
  const files = cFiles('workers_pthreadpool.c', 'workers_pthreadpool.h');
  return { files, source: `${PLACE}/workers_pthreadpool.c` };
}

/** What all segments share: building, running and destroying one. */
export function segmentSource(): KernelSource {
  return {
    ...plainSource('ait_xnnpack_run', 'segment.c'),
    argsType: 'ait_xnnpack_run_args',
    files: cFiles('segment.c', 'segment.h'),
  };
}

/** The generated definition of one segment. */
export function definitionSource(symbol: string, text: string): KernelSource {
  const file = `${symbol}.c`;
  return {
    ...plainSource(symbol, file),
    header: `xnnpack/${symbol}.h`,
    files: new Map([
      [`${PLACE}/${file}`, text],
      [`${PLACE}/${symbol}.h`, render('segment.h', { symbol, guard: symbol.toUpperCase() })],
    ]),
  };
}

function plainSource(symbol: string, file: string): KernelSource {
  const path = `${PLACE}/${file}`;
  const header = 'xnnpack/segment.h';
  return {
    symbol,
    argsType: '',
    header,
    scratchParameters: 0,
    files: new Map(),
    rvv: path,
    scalar: path,
    portable: true,
  };
}
