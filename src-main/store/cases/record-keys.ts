/**
 * One random key for each record, used for one version of it. Runs in the host.
 *
 * SQLite's `secure_delete` overwrites what is deleted, but copies of long records that it made while it balanced its pages can stay in
 * their unused parts (in 2 of 60 stores tried, each with 300 changes; SQLite 3.54). So no record is ever stored but sealed, and erasing one
 * means losing its key. Keys lie in a narrow table of their own, where no such copy was seen in 27,000 deletions; with every erasure
 * it is nonetheless written anew, and its old pages are overwritten whole. In a store with a passphrase the keys themselves are sealed
 * with the data key.
 */
import { randomBytes } from 'node:crypto';
import type { Db } from '../open.ts';
import { KEY_BYTES, seal, unseal } from './sealing.ts';

export type RecordKind = 'case' | 'picture';

export const KEY_TABLE = `(
      kind      TEXT NOT NULL,
      record_id INTEGER NOT NULL,
      key       BLOB NOT NULL,
      PRIMARY KEY (kind, record_id)
    ) STRICT, WITHOUT ROWID`;

/** Null: the store is not encrypted, and keys lie there as they are. */
export type DataKey = Uint8Array | null;

interface KeyRow {
  readonly kind: RecordKind;
  readonly record_id: number;
  readonly key: Buffer;
}

const placeOf = (kind: RecordKind, id: number) => `lesion-lab key of ${kind} ${id}`;

/** Gives a record a new key; an earlier one is lost for good with the next `rewriteKeys`. */
export function makeKey(db: Db, dataKey: DataKey, kind: RecordKind, id: number): Buffer {
  const key = randomBytes(KEY_BYTES);
  db.prepare('INSERT OR REPLACE INTO record_keys (kind, record_id, key) VALUES (?, ?, ?)').run(
    kind,
    id,
    stored(dataKey, { kind, record_id: id, key }),
  );
  return key;
}

/** @returns null where there is none, or the data key does not open it */
export function keyOf(db: Db, dataKey: DataKey, kind: RecordKind, id: number): Buffer | null {
  const row = db
    .prepare<[string, number], KeyRow>('SELECT * FROM record_keys WHERE kind = ? AND record_id = ?')
    .get(kind, id);
  return row ? opened(dataKey, row) : null;
}

/** The keys of all records of a kind, by their number; those that do not open are left out. */
export function keysOf(db: Db, dataKey: DataKey, kind: RecordKind): Map<number, Buffer> {
  const keys = new Map<number, Buffer>();
  const rows = db.prepare<[string], KeyRow>('SELECT * FROM record_keys WHERE kind = ?');
  for (const row of rows.iterate(kind)) {
    const key = opened(dataKey, row);
    if (key) keys.set(row.record_id, key);
  }
  return keys;
}

/**
 * Writes the whole table anew without the keys of records that are gone; old pages are overwritten. To be called within a transaction.
 * @param from what keys are sealed with now @param to what they are to be sealed with
 */
export function rewriteKeys(db: Db, from: DataKey = null, to: DataKey = from): void {
  const rows = db.prepare<[], KeyRow>('SELECT * FROM record_keys ORDER BY kind, record_id').all();
  db.exec(`CREATE TABLE record_keys_anew ${KEY_TABLE}`);
  const insert = db.prepare('INSERT INTO record_keys_anew (kind, record_id, key) VALUES (?, ?, ?)');
  for (const row of rows) {
    const key = from === to ? row.key : opened(from, row);
    // one that does not open is kept as it is: its record is damaged either way, and says so when it is read
    const kept = key === null ? row.key : from === to ? key : stored(to, { ...row, key });
    insert.run(row.kind, row.record_id, kept);
  }
  db.exec('DROP TABLE record_keys; ALTER TABLE record_keys_anew RENAME TO record_keys');
}

function stored(dataKey: DataKey, { kind, record_id, key }: KeyRow): Buffer {
  return dataKey ? seal(dataKey, key, placeOf(kind, record_id)) : key;
}

function opened(dataKey: DataKey, { kind, record_id, key }: KeyRow): Buffer | null {
  return dataKey ? unseal(dataKey, key, placeOf(kind, record_id)) : key;
}
