import { createExecutor, defaultCacheDir, parseDevice, runProcess, type InstructionCounts } from '@ait-rvv/remote';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { toolchain } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';

const folder = scratchFolder();

/** A program without libc; `region` stands between the markers. */
const program = (region: string): string => `
  .globl _start
  .option norvc
_start:
  li t0, 3
  mul t0, t0, t0
  slti x0, x0, 1
${region}
  slti x0, x0, 2
  li a0, 0
  li a7, 93
  ecall
  .bss
  .align 6
buffer: .space 8192
`;

const REGIONS: Readonly<
  Record<
    string,
    {
      readonly text: string;
      readonly counts: Readonly<Record<string, number>>;
      readonly multiplyAdds?: (vlen: number) => number;
    }
  >
> = {
  scalar: {
    text: `
  lla a1, buffer
  lw t0, 0(a1)
  sw t0, 4(a1)
  addi t1, t0, 1
  mul t2, t1, t1
  fcvt.s.w f0, t1
  fmadd.s f1, f0, f0, f0
  beqz x0, 1f
1:`,
    // lla is auipc and addi.
    counts: {
      scalarInteger: 3,
      scalarLoad: 1,
      scalarStore: 1,
      scalarMultiplyDivide: 1,
      scalarFloat: 1,
      scalarMultiplyAdd: 1,
      branch: 1,
    },
  },
  'a loop': {
    text: `
  li t0, 10
2:
  addi t0, t0, -1
  bnez t0, 2b`,
    counts: { scalarInteger: 11, branch: 10 },
  },
  vector: {
    text: `
  lla a1, buffer
  li t3, 8
  vsetvli t0, x0, e32, m4, ta, ma
  vle32.v v8, (a1)
  vlse32.v v12, (a1), t3
  vfmacc.vf v16, f0, v8
  vfmacc.vv v20, v8, v8
  vfadd.vv v8, v8, v8
  vfredusum.vs v1, v8, v8
  vadd.vi v8, v8, 1
  vslidedown.vi v24, v8, 1
  vmand.mm v0, v8, v8
  vse32.v v8, (a1)
  vsetivli t0, 3, e32, m1, ta, ma
  vfmacc.vf v1, f0, v2`,
    counts: {
      scalarInteger: 3,
      vectorConfig: 2,
      vectorLoadUnit: 1,
      vectorLoadStrided: 1,
      vectorMultiplyAdd: 3,
      vectorFloat: 1,
      vectorReduction: 1,
      vectorInteger: 1,
      vectorPermute: 1,
      vectorMask: 1,
      vectorStoreUnit: 1,
    },
    // Two groups of four registers and one register, whatever vl is.
    multiplyAdds: (vlen) => (2 * 4 * vlen) / 32 + vlen / 32,
  },
};

async function count(vlen: number, name: string): Promise<InstructionCounts> {
  const executor = await createExecutor(parseDevice(`qemu:vlen=${vlen}`), {
    env: process.env,
    cacheDir: defaultCacheDir(process.env),
    toolchain,
  });
  const workspace = await executor.open(folder);
  const { counts, exitCode, stderr } = await workspace.exec([name], { count: true });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  if (counts === undefined) throw new Error('nothing was counted');
  return counts;
}

beforeAll(async () => {
  const { compiler, linkFlags, env } = await toolchain();
  for (const [name, { text }] of Object.entries(REGIONS)) {
    writeFileSync(join(folder, `${name}.s`), program(text));
    const argv = [...compiler, ...linkFlags, '-march=rv64gcv', '-nostdlib', `${name}.s`, '-o', name];
    const { exitCode, stderr } = await runProcess(argv, { cwd: folder, env: { ...process.env, ...env } });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  }
});

describe.each(Object.entries(REGIONS))('%s', (name, region) => {
  test.each([128, 512])('is counted exactly, marker instructions aside, at VLEN %i', async (vlen) => {
    const counts = await count(vlen, name);
    const found = Object.fromEntries(Object.entries(counts.classes).filter(([, number]) => number > 0));
    expect(found).toEqual(region.counts);
    expect(counts.region).toBe('markers');
    expect(counts.instructions).toBe(Object.values(region.counts).reduce((sum, number) => sum + number, 0));
    expect(counts.vectorMultiplyAdds).toBe(region.multiplyAdds?.(vlen) ?? 0);
  });
});
