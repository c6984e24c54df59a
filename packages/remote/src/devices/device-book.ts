import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { RemoteError } from '../errors.js';

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** Words that mean a device already. */
const TAKEN = new Set(['local', 'qemu', 'sim', 'ssh']);

const board = z.object({
  address: z.object({ host: z.string(), user: z.string().optional(), port: z.number().int().optional() }),
  /** A folder of the board for what is sent to it, instead of ~/.cache/ait-rvv. */
  folder: z.string().optional(),
  /** Most megabytes that our cache may take there, instead of 4 GB. */
  quotaMegabytes: z.number().int().positive().optional(),
  /** Words that come before every program, such as an emulator. */
  runner: z.array(z.string()).optional(),
});

const schema = z.object({ schemaVersion: z.literal(1), boards: z.record(z.string().regex(NAME), board) });

/** A board as the user has recorded it. */
export type BoardRecord = z.infer<typeof board>;

/** The boards a user has recorded, by name; kept in `devices.json` of the user's configuration folder. */
export class DeviceBook {
  readonly path: string;
  readonly boards: ReadonlyMap<string, BoardRecord>;

  constructor(path: string, boards: ReadonlyMap<string, BoardRecord> = new Map()) {
    this.path = path;
    this.boards = boards;
  }

  /** Reads the book; one that is not there is empty. Throws RemoteError `device-unknown` for a damaged one. */
  static async read(configDir: string): Promise<DeviceBook> {
    const path = join(configDir, 'devices.json');
    let text;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new DeviceBook(path);
      throw new RemoteError('device-unknown', `${path} cannot be read`);
    }
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return new DeviceBook(path, new Map(Object.entries(parsed.data.boards)));
    throw new RemoteError('device-unknown', `${path} is damaged`, ['mend it, or remove it and add the boards again']);
  }

  /** The book with one more board. Throws RemoteError `device-unknown` for a name that cannot be one or is taken. */
  with(name: string, record: BoardRecord): DeviceBook {
    if (!NAME.test(name) || TAKEN.has(name)) {
      throw new RemoteError('device-unknown', `${JSON.stringify(name.slice(0, 80))} cannot be the name of a board`, [
        `a name starts with a letter, goes on with letters, digits, ".", "_" and "-", and is not ${[...TAKEN].join(', ')}`,
      ]);
    }
    if (this.boards.has(name)) {
      throw new RemoteError('device-unknown', `there is a board ${name} already`, [`ait-rvv device remove ${name}`]);
    }
    return new DeviceBook(this.path, new Map([...this.boards, [name, record]]));
  }

  /** The book without a board. Throws RemoteError `device-unknown` when there is none of that name. */
  without(name: string): DeviceBook {
    this.get(name);
    return new DeviceBook(this.path, new Map([...this.boards].filter(([other]) => other !== name)));
  }

  get(name: string): BoardRecord {
    const found = this.boards.get(name);
    if (found !== undefined) return found;
    const names = [...this.boards.keys()];
    throw new RemoteError('device-unknown', `there is no board ${JSON.stringify(name.slice(0, 80))}`, [
      names.length === 0 ? 'add one with ait-rvv device add NAME user@host' : `boards are ${names.join(', ')}`,
    ]);
  }

  /** Writes the book whole or not at all, for its owner's eyes only. */
  async write(): Promise<void> {
    const part = `${this.path}.${process.pid}.part`;
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      const file = await open(part, 'w', 0o600);
      await file.writeFile(
        `${JSON.stringify({ schemaVersion: 1, boards: Object.fromEntries(this.boards) }, null, 2)}\n`,
      );
      await file.close();
      await rename(part, this.path);
    } catch {
      await rm(part, { force: true });
      throw new RemoteError('device-unknown', `${this.path} cannot be written`);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
