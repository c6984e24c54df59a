import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RemoteError } from '../errors.js';
import { coreSchema, type Core } from './core.js';

/** Changes whenever equal records of equal cores would give other cycles. */
export const SIMULATOR_VERSION = 1;

const FOLDER = new URL('../../cores/', import.meta.url);
const MOST_BYTES = 1 << 20;

/** A core and the version of the model it makes together with the simulator. */
export interface LoadedCore {
  readonly core: Core;
  /** `<simulator>-<hash of the core's data>`. */
  readonly version: string;
}

/** Names of the cores that come with the package, for `sim:NAME`. */
export function coreNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json') && name !== 'core.schema.json')
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** Loads a core by its name, or by the path of a file that ends in .json. Throws RemoteError `device-unknown`. */
export function loadCore(nameOrPath: string): LoadedCore {
  if (nameOrPath.endsWith('.json')) return readCore(nameOrPath, JSON.stringify(nameOrPath));
  if (!coreNames().includes(nameOrPath)) {
    throw new RemoteError('device-unknown', `there is no core ${JSON.stringify(nameOrPath.slice(0, 80))}`, [
      `cores are ${coreNames().join(', ')}, or the path of a core file, sim:FILE.json`,
    ]);
  }
  return readCore(fileURLToPath(new URL(`${nameOrPath}.json`, FOLDER)), nameOrPath);
}

function readCore(path: string, shown: string): LoadedCore {
  const refuse = (problem: string): RemoteError =>
    new RemoteError('device-unknown', `${shown} is no core file: ${problem}`, [
      'docs/reference/simulator.md says what such a file holds',
    ]);
  if (!existsSync(path) || !statSync(path).isFile()) throw refuse('there is no such file');
  if (statSync(path).size > MOST_BYTES) throw refuse('it is larger than 1 MiB');
  const value = parseJson(readFileSync(path, 'utf8'));
  if (value === undefined) throw refuse('it is no JSON');
  const parsed = coreSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw refuse([...(issue?.path.length ? [issue.path.join('.')] : []), issue?.message ?? ''].join(': '));
  }
  const core = parsed.data;
  const stray = strayUnit(core);
  if (stray !== undefined) throw refuse(stray);
  const hash = createHash('sha256').update(JSON.stringify(core)).digest('hex').slice(0, 12);
  return { core, version: `${SIMULATOR_VERSION}-${hash}` };
}

function strayUnit({ units, scalar, vector }: Core): string | undefined {
  for (const [kind, { unit }] of Object.entries({ ...vector, ...scalar })) {
    if (!Object.hasOwn(units, unit)) return `${kind}: there is no unit ${JSON.stringify(unit)}`;
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
