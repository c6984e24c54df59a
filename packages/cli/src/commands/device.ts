import { flag, JSON_OPTION, text, UsageError } from '@ait-rvv/command';
import { nearest } from '@ait-rvv/ir';
import type { Command } from '../context.js';
import { CONNECT_OPTIONS } from '../device-options.js';
import { addBoard } from './device/add.js';
import { checkDevice } from './device/check.js';
import { cleanBoard } from './device/clean.js';
import { listBoards } from './device/list.js';
import { removeBoard } from './device/remove.js';
import type { BoardWork } from './device/work.js';

interface Action {
  /** Words it takes after its own. */
  readonly takes: readonly ('name' | 'address')[];
  readonly run: (work: BoardWork) => Promise<number>;
}

/** What can be done with boards, by the word that says so. */
const ACTIONS: Readonly<Record<string, Action>> = {
  add: { takes: ['name', 'address'], run: addBoard },
  list: { takes: [], run: listBoards },
  check: { takes: ['name'], run: checkDevice },
  clean: { takes: ['name'], run: cleanBoard },
  remove: { takes: ['name'], run: removeBoard },
};

export const device: Command = {
  name: 'device',
  positional: '<action> [name] [address]',
  summary: 'add, list, check, clean or remove boards',
  example: 'ait-rvv device add bpi user@board:22',
  options: {
    ...CONNECT_OPTIONS,
    ...JSON_OPTION,
    folder: { type: 'string', describe: 'add: folder of the board for what is sent to it (default ~/.cache/ait-rvv)' },
    quota: { type: 'string', describe: 'add: megabytes that ait-rvv may fill there (default 4000)' },
    runner: { type: 'string', describe: 'add: words that come before every program there, such as an emulator' },
    keep: { type: 'string', default: '0', describe: 'clean: megabytes of what was used last that stay' },
  },
  async run(values, context) {
    const word = text(values, 'action') ?? '';
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
    if (action === undefined) {
      const guess = nearest(word, Object.keys(ACTIONS));
      throw new UsageError(
        `device takes ${Object.keys(ACTIONS).join(', ')}, not ${JSON.stringify(word.slice(0, 60))}`,
        [...(guess === undefined ? [] : [`did you mean ${guess}?`])],
      );
    }
    const name = text(values, 'name');
    const address = text(values, 'address');
    const given = { name, address };
    const missing = action.takes.find((what) => given[what] === undefined);
    if (missing !== undefined)
      throw new UsageError(`device ${word} needs ${missing === 'name' ? 'a name' : 'an address'}`);
    const extra = (['name', 'address'] as const).find(
      (what) => !action.takes.includes(what) && given[what] !== undefined,
    );
    if (extra !== undefined) throw new UsageError(`device ${word} does not take ${JSON.stringify(given[extra])}`);
    return action.run({ name: name ?? '', address: address ?? '', json: flag(values, 'json'), values, context });
  },
};
