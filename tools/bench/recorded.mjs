import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from '../start/ait-rvv.mjs';

/**
 * What a benchmark has measured, as rows of docs/reference/NAME.json. A row that is measured again replaces the one
 * with the same key, so that a part can be run alone and an end in between loses little.
 */
export class Recorded {
  constructor(name, key) {
    this.file = join(root, `docs/reference/${name}.json`);
    this.key = key;
    this.rows = existsSync(this.file) ? JSON.parse(readFileSync(this.file, 'utf8')).rows : [];
  }

  async put(row) {
    const at = this.rows.findIndex((one) => this.key.every((name) => one[name] === row[name]));
    if (at < 0) this.rows.push(row);
    else this.rows[at] = row;
    const text = JSON.stringify({ schemaVersion: 1, rows: this.rows });
    writeFileSync(this.file, await format(text, { parser: 'json', printWidth: 120 }));
  }
}
