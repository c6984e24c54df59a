/** What two SQLite libraries have in common, and all we need of them. */
export interface SqlDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqlStatement;
  close(): void;
}

export interface SqlStatement {
  all(...values: readonly (string | number | null)[]): unknown;
  run(...values: readonly (string | number | null)[]): unknown;
}

/** Opens a database file; `mode` says whether it will be written. */
export type OpenSql = (path: string, mode: 'read' | 'write') => SqlDatabase;

interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean }) => SqlDatabase;
}

interface BetterSqlite {
  readonly default: new (path: string, options: { readonly readonly: boolean }) => SqlDatabase;
}

/** Module names in variables, so that neither needs to be there: one comes with Node.js 22.13, one may be installed. */
const BUILT_IN: string = 'node:sqlite';
const INSTALLED: string = 'better-sqlite3';

/** SQLite of Node.js, or of an installed package; undefined where there is neither. */
export async function findSql(): Promise<OpenSql | undefined> {
  return (await builtIn()) ?? (await installed());
}

async function builtIn(): Promise<OpenSql | undefined> {
  try {
    const { DatabaseSync } = (await import(BUILT_IN)) as NodeSqlite;
    return (path, mode) => new DatabaseSync(path, { readOnly: mode === 'read' });
  } catch {
    return undefined;
  }
}

async function installed(): Promise<OpenSql | undefined> {
  try {
    const { default: Database } = (await import(INSTALLED)) as BetterSqlite;
    // A package whose native part was not built shows only when it is used.
    new Database(':memory:', { readonly: false }).close();
    return (path, mode) => new Database(path, { readonly: mode === 'read' });
  } catch {
    return undefined;
  }
}

/** SQLite's own name of an error; undefined for other errors. */
export function sqlErrorName(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  if (typeof errcode === 'number') return CODES[errcode & 255] ?? `SQLITE_${errcode & 255}`;
  // What Node.js says of a whole number that JavaScript cannot hold; the other library rounds it.
  if (code === 'ERR_OUT_OF_RANGE') return 'SQLITE_MISMATCH';
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code.split('_').slice(0, 2).join('_') : undefined;
}

/** Result codes that mean something to users (sqlite.org/rescode.html). */
const CODES: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
};
