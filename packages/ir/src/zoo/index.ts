import type { Graph } from '../core/graph.js';
import { fail } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import { densenet121 } from './densenet.js';
import { mobilenetV2 } from './mobilenet-v2.js';
import type { ZooOptions } from './options.js';
import { resnet101, resnet152, resnet18, resnet34, resnet50 } from './resnet.js';
import { squeezenet11 } from './squeezenet.js';

export type { ZooOptions } from './options.js';

interface ZooEntry {
  readonly build: (options: ZooOptions) => Graph;
  /** Smallest picture the strides of the network leave a position of. */
  readonly smallest: number;
}

/** The networks of the zoo: architectures as torchvision defines them, weights seeded. */
export const ZOO = {
  densenet121: { build: densenet121, smallest: 32 },
  mobilenet_v2: { build: mobilenetV2, smallest: 32 },
  resnet18: { build: resnet18, smallest: 32 },
  resnet34: { build: resnet34, smallest: 32 },
  resnet50: { build: resnet50, smallest: 32 },
  resnet101: { build: resnet101, smallest: 32 },
  resnet152: { build: resnet152, smallest: 32 },
  squeezenet1_1: { build: squeezenet11, smallest: 32 },
} as const satisfies Record<string, ZooEntry>;

export type ZooName = keyof typeof ZOO;

export interface ZooReference extends ZooOptions {
  readonly name: ZooName;
}

const LIMITS = { size: 4096, batch: 1024, seed: 2 ** 31 - 1, classes: 1_000_000 } as const;

/** Reads `zoo:NAME[@size][?batch=N&seed=N&classes=N]`. Throws AIT1006. */
export function parseZooReference(reference: string): ZooReference {
  const match = /^zoo:([A-Za-z0-9_.-]*)(?:@([0-9]{1,6}))?(?:\?(.*))?$/s.exec(reference);
  if (match === null) {
    fail('AIT1006', `${JSON.stringify(reference.slice(0, 80))} is no zoo reference.`, {
      hint: 'Write zoo:NAME[@size][?batch=N&seed=N&classes=N], for example zoo:resnet18@64?batch=2.',
    });
  }
  const name = match[1] ?? '';
  if (!isZooName(name)) {
    const guess = nearest(name, Object.keys(ZOO));
    const hint = guess === undefined ? `The zoo has ${Object.keys(ZOO).join(', ')}.` : `Did you mean zoo:${guess}?`;
    fail('AIT1006', `the zoo has no network ${JSON.stringify(name)}.`, { hint });
  }
  const options = { size: 224, batch: 1, seed: 0, classes: 1000 };
  if (match[2] !== undefined) options.size = Number(match[2]);
  for (const [key, value] of new URLSearchParams(match[3] ?? '')) {
    if (!(key === 'batch' || key === 'seed' || key === 'classes')) {
      fail('AIT1006', `a zoo network has no option ${JSON.stringify(key.slice(0, 40))}.`, {
        hint: 'It has batch, seed and classes.',
      });
    }
    const smallest = key === 'seed' ? 0 : 1;
    const number = /^[0-9]{1,10}$/.test(value) ? Number(value) : -1;
    if (number < smallest || number > LIMITS[key]) {
      fail('AIT1006', `${key} must be a whole number from ${smallest} to ${LIMITS[key]}.`);
    }
    options[key] = number;
  }
  const { smallest } = ZOO[name];
  if (options.size < smallest || options.size > LIMITS.size) {
    fail('AIT1006', `${name} takes pictures of ${smallest} to ${LIMITS.size} pixels, not ${options.size}.`);
  }
  return { name, ...options };
}

/** Builds a network with seeded weights; input "input" [N, 3, size, size], output "output" [N, classes]. */
export function buildZooModel({ name, ...options }: ZooReference): Graph {
  return ZOO[name].build(options);
}

function isZooName(name: string): name is ZooName {
  return Object.hasOwn(ZOO, name);
}
