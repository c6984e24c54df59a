import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, say, SetupError } from './say.mjs';

const OLDEST = [20, 19];

/** The engine range of package.json, said in words before npm says it in its own. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new SetupError(`Node.js ${process.versions.node} is too old; install ${OLDEST.join('.')} or newer`);
}

/**
 * Packages with native code are compiled against the headers that came with Node.js, where they did, rather than ones from
 * the network.
 */
function ownHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
}

/** Installs what package-lock.json says, unless that has been done for this very lockfile. */
export function installNodePackages(root, checkOnly) {
  const stamp = join(root, 'node_modules', '.ait-rvv-lock');
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false;
  if (checkOnly) throw new SetupError('the Node.js packages are missing or out of date; run npm run setup');
  say('installing Node.js packages (npm ci)');
  run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, env: { ...ownHeaders(), ...process.env } });
  writeFileSync(stamp, hash);
  return true;
}
