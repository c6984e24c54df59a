import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RemoteError } from '../errors.js';
import { runProcess } from '../process.js';

/** Folders that have moved below /usr; packages of either kind land in one place when these links are there first. */
const MERGED = ['bin', 'sbin', 'lib', 'lib64', 'lib32'];

/** Unpacks .deb files below `root`, nothing of them being run. */
export async function unpackPackages(
  archives: readonly string[],
  root: string,
  keep: (packageName: string) => boolean = () => true,
): Promise<void> {
  for (const folder of MERGED) {
    await mkdir(join(root, 'usr', folder), { recursive: true });
    if (!existsSync(join(root, folder))) await symlink(join('usr', folder), join(root, folder));
  }
  for (const archive of archives) {
    if (!keep(basename(archive).split('_')[0] ?? '')) continue;
    const result = await runProcess(['dpkg', '-x', archive, root]);
    if (result.exitCode !== 0) {
      throw new RemoteError('tool-missing', `${basename(archive)} cannot be unpacked`, [result.stderr.trim()]);
    }
  }
}
