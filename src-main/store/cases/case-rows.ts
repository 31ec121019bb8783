/** Rows of the case store: sealed documents and pictures, read and written. Runs in the host. To be called within a transaction. */
import { AppError } from '../../contract/errors.ts';
import type { Db } from '../open.ts';
import { type IndexedCase, type StoredCase, toIndexed } from './case-documents.ts';
import { type DataKey, keyOf, keysOf, makeKey } from './record-keys.ts';
import { seal, unseal } from './sealing.ts';

type Part = 'summary' | 'detail';

/** The number is bound in, so that no document opens in another's place. */
const placeOf = (id: number, part: Part) => `lesion-lab ${part} of case ${id}`;
const pictureOf = (id: number, caseId: number) => `lesion-lab picture ${id} of case ${caseId}`;

/** A row with its number and nothing in it yet, so that pictures can belong to it. */
export function insertCase(db: Db, code: string): number {
  const { lastInsertRowid } = db
    .prepare("INSERT INTO cases (code, summary, detail) VALUES (?, x'', x'')")
    .run(code);
  return Number(lastInsertRowid);
}

/** @throws AppError `not-found` */
export function caseNumber(db: Db, code: string): number {
  const id = db.prepare<[string], number>('SELECT id FROM cases WHERE code = ?').pluck().get(code);
  if (id !== undefined) return id;
  throw new AppError('not-found', `There is no case ${code}. Check its id; it may have been deleted.`);
}

/** Seals a case's document with a new key. @returns what lists need of it */
export function writeDocument(
  db: Db,
  dataKey: DataKey,
  { id, code, stored }: { id: number; code: string; stored: StoredCase },
): IndexedCase {
  const key = makeKey(db, dataKey, 'case', id);
  const indexed = toIndexed(code, stored);
  const sealed = (part: Part, value: unknown) =>
    seal(key, Buffer.from(JSON.stringify(value)), placeOf(id, part));
  db.prepare('UPDATE cases SET summary = ?, detail = ? WHERE id = ?').run(
    sealed('summary', indexed),
    sealed('detail', stored),
    id,
  );
  return indexed;
}

/** @throws AppError `corrupt` */
export function readDocument(db: Db, dataKey: DataKey, id: number, code: string): StoredCase {
  const detail = db.prepare<[number], Buffer>('SELECT detail FROM cases WHERE id = ?').pluck().get(id);
  const key = keyOf(db, dataKey, 'case', id);
  const text = key && detail && unseal(key, detail, placeOf(id, 'detail'));
  if (!text) throw damaged(code, 'It');
  return JSON.parse(text.toString());
}

/** All cases as lists need them, and the ids of those that do not open. */
export function readIndex(db: Db, dataKey: DataKey): { cases: IndexedCase[]; damaged: string[] } {
  const keys = keysOf(db, dataKey, 'case');
  const cases: IndexedCase[] = [];
  const damaged: string[] = [];
  const rows = db.prepare<[], { id: number; code: string; summary: Buffer }>(
    'SELECT id, code, summary FROM cases ORDER BY id',
  );
  for (const { id, code, summary } of rows.iterate()) {
    const key = keys.get(id);
    const text = key && unseal(key, summary, placeOf(id, 'summary'));
    if (text) cases.push(JSON.parse(text.toString()));
    else damaged.push(code);
  }
  return { cases, damaged };
}

/** @returns the picture's number */
export function insertPicture(db: Db, dataKey: DataKey, caseId: number, bytes: Uint8Array): number {
  const row = db.prepare("INSERT INTO case_pictures (case_id, bytes) VALUES (?, x'')").run(caseId);
  const id = Number(row.lastInsertRowid);
  const key = makeKey(db, dataKey, 'picture', id);
  const sealed = seal(key, bytes, pictureOf(id, caseId));
  db.prepare('UPDATE case_pictures SET bytes = ? WHERE id = ?').run(sealed, id);
  return id;
}

/** @throws AppError `not-found`, `corrupt` */
export function readPicture(db: Db, dataKey: DataKey, code: string, imageId: number): Buffer {
  const caseId = caseNumber(db, code);
  const sealed = db
    .prepare<[number, number], Buffer>('SELECT bytes FROM case_pictures WHERE id = ? AND case_id = ?')
    .pluck()
    .get(imageId, caseId);
  if (!sealed) throw new AppError('not-found', `Case ${code} has no picture ${imageId} any more.`);
  const key = keyOf(db, dataKey, 'picture', imageId);
  const bytes = key && unseal(key, sealed, pictureOf(imageId, caseId));
  if (!bytes) throw damaged(code, `Its picture ${imageId}`);
  return bytes;
}

/** With its key; `rewriteKeys` is to follow. */
export function deletePicture(db: Db, id: number): void {
  db.prepare("DELETE FROM record_keys WHERE kind = 'picture' AND record_id = ?").run(id);
  db.prepare('DELETE FROM case_pictures WHERE id = ?').run(id);
}

/** With its pictures and all keys; `rewriteKeys` is to follow. */
export function deleteCase(db: Db, id: number): void {
  const pictures = db
    .prepare<[number], number>('SELECT id FROM case_pictures WHERE case_id = ?')
    .pluck()
    .all(id);
  for (const picture of pictures) deletePicture(db, picture);
  db.prepare("DELETE FROM record_keys WHERE kind = 'case' AND record_id = ?").run(id);
  db.prepare('DELETE FROM cases WHERE id = ?').run(id);
}

function damaged(code: string, what: string): AppError {
  return new AppError(
    'corrupt',
    `Case ${code} is damaged: ${what.toLowerCase()} was changed from outside and cannot be read. Restore a copy of cases.sqlite, or delete the case.`,
  );
}
