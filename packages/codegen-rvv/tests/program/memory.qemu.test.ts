import { optimize } from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { expect, test } from 'vitest';
import { heldMemory } from '../../../../tools/bench/memory/held.mjs';
import { emitGraph } from '../../../../tools/testing/programs.js';

test('ResNet-50 needs at most a quarter more than its largest live set, scratch included', async () => {
  const folder = emitGraph(optimize(buildZooModel(parseZooReference('zoo:resnet50@224'))));
  for (const { live, arena, scratch } of await heldMemory(folder, [128, 256, 1024])) {
    // The largest is the first layer's picture of 64 channels, 112x112, beside what is made of it.
    expect(live).toBeGreaterThanOrEqual(64 * 112 * 112 * 4);
    expect(arena).toBeGreaterThanOrEqual(live);
    expect(scratch).toBeGreaterThan(0);
    expect(arena + scratch).toBeLessThanOrEqual(1.25 * live);
  }
});
