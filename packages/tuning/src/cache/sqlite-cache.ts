import { damaged, tooNew, unwritable, CacheError, shown, type MeasurementCache } from './cache.js';
import { keyText, measurementSchema, type Measurement } from './measurement.js';
import { sqlErrorName, type OpenSql, type SqlDatabase } from './sql-driver.js';

/** `PRAGMA user_version` of the tables below. */
const FORMAT = 1;
/** `PRAGMA application_id`: "AITT". */
const APPLICATION = 0x41495454;
const WAIT_MS = 60_000;
const UNREADABLE = 'it holds a measurement that cannot be read';

/** As SQLite keeps it; files are compared with it, so that its words belong to the format. */
const TABLE = `CREATE TABLE measurement (
    key TEXT PRIMARY KEY,
    layer TEXT NOT NULL, dtype TEXT NOT NULL, sparsity TEXT NOT NULL,
    kernel TEXT NOT NULL, parameters TEXT NOT NULL, kernel_version TEXT NOT NULL,
    device TEXT NOT NULL, device_version TEXT NOT NULL, vlen INTEGER NOT NULL, threads INTEGER NOT NULL,
    clock TEXT NOT NULL, compiler TEXT NOT NULL,
    status TEXT NOT NULL, cost REAL, unit TEXT NOT NULL, detail TEXT NOT NULL
  )`;

const TABLES = `
  ${TABLE};
  PRAGMA application_id = ${APPLICATION};
  PRAGMA user_version = ${FORMAT};
`;

const INSERT = `INSERT OR IGNORE INTO measurement VALUES (${Array.from({ length: 17 }, () => '?').join(', ')})`;

interface Row {
  readonly layer: string;
  readonly dtype: string;
  readonly sparsity: string;
  readonly kernel: string;
  readonly parameters: string;
  readonly kernel_version: string;
  readonly device: string;
  readonly device_version: string;
  readonly vlen: number;
  readonly threads: number;
  readonly clock: string;
  readonly compiler: string;
  readonly status: string;
  readonly cost: number | null;
  readonly unit: string;
  readonly detail: string;
}

/** Measurements in an SQLite database, one row each. */
export class SqliteCache implements MeasurementCache {
  readonly path: string;
  readonly #database: SqlDatabase;

  private constructor(path: string, database: SqlDatabase) {
    this.path = path;
    this.#database = database;
  }

  static open(path: string, mode: 'read' | 'write', open: OpenSql): SqliteCache {
    return explained(path, () => {
      try {
        return new SqliteCache(path, openDatabase(path, mode, open));
      } catch (error) {
        if (mode === 'write' || sqlErrorName(error) !== 'SQLITE_READONLY') throw error;
        // Its last writer died while it wrote: whoever opens it for writing takes back what was half written.
        openDatabase(path, 'write', open).close();
        return new SqliteCache(path, openDatabase(path, mode, open));
      }
    });
  }

  all(): readonly Measurement[] {
    return explained(this.path, () => {
      const rows = this.#database.prepare('SELECT * FROM measurement ORDER BY rowid').all() as readonly Row[];
      return rows.map((row) => fromRow(this.path, row));
    });
  }

  append(list: readonly Measurement[]): void {
    explained(this.path, () => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const insert = this.#database.prepare(INSERT);
        for (const one of list) insert.run(...toRow(one));
        this.#database.exec('COMMIT');
      } catch (error) {
        rollBack(this.#database);
        throw error;
      }
    });
  }

  close(): void {
    this.#database.close();
  }
}

function openDatabase(path: string, mode: 'read' | 'write', open: OpenSql): SqlDatabase {
  const database = open(path, mode);
  try {
    database.exec(`PRAGMA busy_timeout = ${WAIT_MS}`);
    prepareTables(path, database, mode);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepareTables(path: string, database: SqlDatabase, mode: 'read' | 'write'): void {
  const pragma = (name: string): number => {
    const [row] = database.prepare(`PRAGMA ${name}`).all() as readonly Readonly<Record<string, number>>[];
    return row?.[name] ?? 0;
  };
  if (mode === 'write') {
    // The lock decides which of several processes makes the tables; and shows at once that the file can be written.
    database.exec('BEGIN IMMEDIATE');
    try {
      const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').all() as readonly { n: number }[];
      if (tables[0]?.n === 0) database.exec(TABLES);
      database.exec('COMMIT');
    } catch (error) {
      rollBack(database);
      throw error;
    }
  }
  if (pragma('application_id') !== APPLICATION) throw damaged(path, 'it is a database of something else');
  const version = pragma('user_version');
  if (version > FORMAT) throw tooNew(path, version, FORMAT);
  requireOwnTable(path, database);
}

/** A view would be computed, for ever if its author likes; a trigger would write what nobody has measured. */
function requireOwnTable(path: string, database: SqlDatabase): void {
  const query = `SELECT sql FROM sqlite_schema WHERE type IN ('view', 'trigger') OR name = 'measurement'`;
  const found = database.prepare(query).all() as readonly { readonly sql: string | null }[];
  const texts = found.map(({ sql }) => words(String(sql)));
  if (texts.length !== 1 || texts[0] !== words(TABLE)) throw damaged(path, 'its tables are those of something else');
}

function words(sql: string): string {
  return sql.trim().split(/\s+/).join(' ');
}

function rollBack(database: SqlDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}

function toRow(one: Measurement): (string | number | null)[] {
  const { device } = one;
  return [
    ...[keyText(one), one.layer, one.dtype, one.sparsity, one.kernel, JSON.stringify(one.parameters)],
    ...[one.kernelVersion, device.name, device.version, device.vlen, device.threads, device.clock, one.compiler],
    ...[one.status, one.cost, one.unit, one.detail],
  ];
}

function fromRow(path: string, row: Row): Measurement {
  const { layer, dtype, sparsity, kernel, compiler, status, cost, unit, detail, vlen, threads, clock } = row;
  const parsed = measurementSchema.safeParse({
    ...{ layer, dtype, sparsity, kernel, compiler, status, cost, unit, detail },
    parameters: parseJson(row.parameters),
    kernelVersion: row.kernel_version,
    device: { name: row.device, version: row.device_version, vlen, threads, clock },
  });
  if (parsed.success) return parsed.data;
  throw damaged(path, UNREADABLE);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** SQLite's errors in our words. */
function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const name = sqlErrorName(error);
    if (name === undefined || error instanceof CacheError) throw error;
    throw explanation(path, name);
  }
}

function explanation(path: string, name: string): CacheError {
  switch (name) {
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return damaged(path, 'it is damaged');
    case 'SQLITE_MISMATCH':
      return damaged(path, UNREADABLE);
    case 'SQLITE_READONLY':
      return unwritable(path, 'it is read-only');
    case 'SQLITE_FULL':
      return unwritable(path, 'the disk is full');
    case 'SQLITE_IOERR':
      return unwritable(path, 'the disk is full or failing');
    case 'SQLITE_CANTOPEN':
      return unwritable(path, 'the folder does not exist, or refuses');
    case 'SQLITE_BUSY':
      return unwritable(path, 'another process holds it');
    default:
      return new CacheError(`${shown(path)} cannot be used: ${name}`);
  }
}
