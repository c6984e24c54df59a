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
  }

  /** What is recorded by now, maybe by another process that measures another part. */
  get rows() {
    return existsSync(this.file) ? JSON.parse(readFileSync(this.file, 'utf8')).rows : [];
  }

  async put(row) {
    const rows = this.rows;
    const at = rows.findIndex((one) => this.key.every((name) => one[name] === row[name]));
    if (at < 0) rows.push(row);
    else rows[at] = row;
    const text = JSON.stringify({ schemaVersion: 1, rows });
    writeFileSync(this.file, await format(text, { parser: 'json', printWidth: 120 }));
  }
}
