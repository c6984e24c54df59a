import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REAL_NUMBERS, TEXTS, WHOLE_NUMBERS } from './values.mjs';

const VALUES = [
  ...['NULL', "X''", "X'00ff'", "CAST(X'ff41' AS TEXT)", '9e999', '-9e999', 'zeroblob(100000)'],
  ...WHOLE_NUMBERS.map(String),
  ...REAL_NUMBERS.filter(Number.isFinite).map(String),
  // By their bytes, so that a NUL is one.
  ...TEXTS.map((text) => `CAST(X'${Buffer.from(text).toString('hex')}' AS TEXT)`),
];

/**
 * Returns what damages copies of databases that hold a table, by statements: values no program of ours writes, and
 * tables, views and triggers that only look like ours.
 *
 * @param {(path: string, mode: 'write') => { exec(sql: string): unknown, close(): void }} open
 * @param {string} table
 * @param {readonly string[]} columns
 */
export function databaseMutator(open, table, columns) {
  const endless = `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT ${columns
    .map((name) => `n AS ${name}`)
    .join(', ')} FROM c`;
  const statements = [
    ...Array.from({ length: 12 }, () => setValue),
    (dice) => `UPDATE ${table} SET ${dice.pick(columns)} = ${dice.pick(columns)}`,
    () => `DELETE FROM ${table}`,
    () => `DROP TABLE ${table}`,
    (dice) => `ALTER TABLE ${table} DROP COLUMN ${dice.pick(columns)}`,
    (dice) => `ALTER TABLE ${table} RENAME COLUMN ${dice.pick(columns)} TO other`,
    (dice) => `ALTER TABLE ${table} ADD COLUMN other DEFAULT ${dice.pick(VALUES)}`,
    () => `ALTER TABLE ${table} RENAME TO kept; CREATE VIEW ${table} AS SELECT * FROM kept`,
    () => `DROP TABLE ${table}; CREATE VIEW ${table} AS ${endless}`,
    () => `CREATE TRIGGER t AFTER INSERT ON ${table} BEGIN DELETE FROM ${table}; END`,
    () => `CREATE TRIGGER t BEFORE INSERT ON ${table} BEGIN INSERT INTO ${table} ${endless}; END`,
    () => `CREATE TABLE another (x)`,
    (dice) => `PRAGMA user_version = ${dice.pick(WHOLE_NUMBERS)}`,
    (dice) => `PRAGMA application_id = ${dice.pick(WHOLE_NUMBERS)}`,
    (dice) => `PRAGMA page_size = ${dice.pick([512, 1024, 65_536])}; VACUUM`,
    () => 'PRAGMA journal_mode = WAL',
  ];
  return (bytes, dice) => {
    const path = join(scratch(), 'damaged.db');
    writeFileSync(path, bytes);
    const database = open(path, 'write');
    database.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY');
    for (let left = dice.few(); left > 0; left--) attempt(database, dice.pick(statements)(dice));
    database.close();
    return Uint8Array.from(readFileSync(path));
  };

  function setValue(dice) {
    return `UPDATE ${table} SET ${dice.pick(columns)} = ${dice.pick(VALUES)} WHERE rowid % ${1 + dice.below(4)} = 0`;
  }
}

/** What an earlier statement has made impossible is left out. */
function attempt(database, sql) {
  try {
    database.exec(sql);
  } catch {
    // As it is.
  }
}

let folder;

/** A folder for the database that is being damaged, while the process lives. */
function scratch() {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'ait-fuzz-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  return folder;
}
