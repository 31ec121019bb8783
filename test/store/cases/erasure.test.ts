/**
 * Deletion for good, shown by searching every byte of the folder. A record is sealed wherever it lies, so its words are never found there;
 * what is searched are its sealed bytes and its key, both of which are found before. The last word has the attempt to open a copy of the
 * sealed bytes with every 32 bytes that are anywhere in the folder: before, one of them does it.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openCaseDatabase } from '../../../src-main/store/cases/open.ts';
import { keysOf } from '../../../src-main/store/cases/record-keys.ts';
import { KEY_BYTES, unseal } from '../../../src-main/store/cases/sealing.ts';
import { temporaryFolder } from '../temporary.ts';
import {
  details,
  filesIn,
  filesWith,
  openStore,
  PASSPHRASE,
  sampleAnswer,
  samplePicture,
} from './samples.ts';

const MARKERS = {
  picture: 'PICTURE-MARKER-5d41402abc4b2a76',
  notes: 'NOTES-MARKER-b9719d911017c592',
  patient: 'PATIENT-MARKER-7d793037a0760186',
  warning: 'WARNING-MARKER-0cc175b9c0f1b6a8',
};

const marked = () => ({
  details: details({ notes: MARKERS.notes, patient: { PatientName: MARKERS.patient } }),
  picture: samplePicture(MARKERS.picture.repeat(100), {
    answer: sampleAnswer(0.3, { warnings: [MARKERS.warning] }),
  }),
});

const markersIn = (folder: string) =>
  Object.entries(MARKERS).flatMap(([name, marker]) => (filesWith(folder, marker).length > 0 ? [name] : []));

interface Trace {
  readonly place: string;
  readonly sealed: Buffer;
  readonly key: Buffer;
}

/** Of every record that there is now: its bytes as they lie in the file, and the key that opens them. */
function tracesOf(file: string): Trace[] {
  const db = new Database(file, { readonly: true });
  const cases = keysOf(db, null, 'case');
  const pictures = keysOf(db, null, 'picture');
  const documents = db
    .prepare<[], { id: number; summary: Buffer; detail: Buffer }>('SELECT * FROM cases')
    .all();
  const images = db
    .prepare<[], { id: number; case_id: number; bytes: Buffer }>('SELECT * FROM case_pictures')
    .all();
  db.close();
  return [
    ...documents.flatMap(({ id, summary, detail }) => [
      { place: `lesion-lab summary of case ${id}`, sealed: summary, key: cases.get(id)! },
      { place: `lesion-lab detail of case ${id}`, sealed: detail, key: cases.get(id)! },
    ]),
    ...images.map(({ id, case_id, bytes }) => ({
      place: `lesion-lab picture ${id} of case ${case_id}`,
      sealed: bytes,
      key: pictures.get(id)!,
    })),
  ];
}

/** Some bytes from the middle, which lie in one page. */
const pieceOf = ({ sealed }: Trace) => sealed.subarray(40, 72);
const sealedFound = (folder: string, traces: readonly Trace[]) =>
  traces.filter((trace) => filesWith(folder, pieceOf(trace)).length > 0).length;
const keysFound = (folder: string, traces: readonly Trace[]) =>
  traces.filter(({ key }) => filesWith(folder, key).length > 0).length;

const NOTHING = Buffer.alloc(KEY_BYTES);

/** Whether any 32 bytes of any file open it. */
function opensWithAnything(folder: string, { sealed, place }: Trace): boolean {
  for (const content of filesIn(folder).values()) {
    for (let at = 0; at + KEY_BYTES <= content.length; at++) {
      if (content.subarray(at, at + KEY_BYTES).equals(NOTHING)) continue;
      if (unseal(content.subarray(at, at + KEY_BYTES), sealed, place)) return true;
    }
  }
  return false;
}

describe('a deleted case', () => {
  test('is in no byte of the folder, nor is a key to it, though both were there before', () => {
    const { store, folder, file } = openStore();
    // the search finds words where there are any
    writeFileSync(join(folder, 'control'), Object.values(MARKERS).join(' '));
    expect(markersIn(folder)).toEqual(Object.keys(MARKERS));
    writeFileSync(join(folder, 'control'), '');

    const { id } = store.keep(marked().details, marked().picture);
    const traces = tracesOf(file);
    expect(store.get(id).notes).toBe(MARKERS.notes);
    expect(markersIn(folder)).toEqual([]);
    expect(sealedFound(folder, traces)).toBe(3);
    expect(keysFound(folder, traces)).toBe(3);
    expect(traces.map((trace) => opensWithAnything(folder, trace))).toEqual([true, true, true]);

    expect(store.delete([id])).toEqual({ deleted: 1, isErased: true });
    expect(markersIn(folder)).toEqual([]);
    expect(sealedFound(folder, traces)).toBe(0);
    expect(keysFound(folder, traces)).toBe(0);
    expect(traces.map((trace) => opensWithAnything(folder, trace))).toEqual([false, false, false]);
  });

  test('leaves no key behind among many others', () => {
    const { store, folder, file } = openStore();
    const gone: Trace[] = [];
    const ids: string[] = [];
    for (let round = 0; round < 120; round++) {
      ids.push(
        store.keep(
          details({ notes: 'n'.repeat((round * 97) % 3000) }),
          samplePicture('p'.repeat((round * 89) % 5000)),
        ).id,
      );
      if (round % 3 !== 2) continue;
      const before = tracesOf(file);
      const [id] = ids.splice((round * 7) % ids.length, 1);
      if (round % 2 === 0) store.delete([id!]);
      else store.update(id!, { notes: `replaced in round ${round}` });
      const after = new Set(tracesOf(file).map(({ key }) => key.toString('hex')));
      gone.push(...before.filter(({ key }) => !after.has(key.toString('hex'))));
    }
    expect(gone.length).toBeGreaterThan(80);
    expect(keysFound(folder, gone)).toBe(0);
  });
});

test('what is replaced or taken out is gone as what is deleted', () => {
  const { store, folder, file } = openStore();
  const { id } = store.keep(marked().details, marked().picture);
  const before = tracesOf(file);
  store.update(id, { patient: null });
  expect(keysFound(folder, before)).toBe(1); // the picture's, which is still there
  store.addImage(id, samplePicture('later'));
  store.deleteImage(id, 1);
  expect(keysFound(folder, before)).toBe(0);
  expect(store.get(id)).toMatchObject({ notes: MARKERS.notes, patient: null, images: [{ imageId: 2 }] });
});

test('what another program keeps in the log is said, and erased as soon as it lets go', () => {
  const { store, folder, file, close } = openStore();
  const { id } = store.keep(marked().details, marked().picture);
  const traces = tracesOf(file);
  store.db.pragma('busy_timeout = 10');
  const reader = new Database(file);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM cases').get();
  expect(store.delete([id])).toEqual({ deleted: 1, isErased: false });
  expect(store.state().isErasurePending).toBe(true);
  expect(keysFound(folder, traces)).toBe(3);
  reader.exec('COMMIT');
  reader.close();
  expect(store.state().isErasurePending).toBe(false);
  expect(keysFound(folder, traces)).toBe(0);
  close();
  expect(keysFound(folder, traces)).toBe(0);
});

async function killedDuring(act: string, folder: string): Promise<void> {
  const file = fileURLToPath(new URL('fixtures/killed-store.ts', import.meta.url));
  const child = fork(file, [act, folder], { execArgv: [] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}

describe('a process killed', () => {
  test('just after a deletion, before the log was emptied: opening the store empties it', async () => {
    const folder = temporaryFolder();
    const { store, file, close } = openStore(folder);
    store.keep(marked().details, marked().picture);
    const traces = tracesOf(file);
    close();
    await killedDuring('delete', folder);
    expect(keysFound(folder, traces)).toBe(3);
    openCaseDatabase(file).close();
    expect(keysFound(folder, traces)).toBe(0);
  });

  test.each([
    ['encrypt', null],
    ['decrypt', PASSPHRASE],
    ['change', PASSPHRASE],
  ])('in the middle of "%s" loses nothing and changes nothing', async (act, passphrase) => {
    const folder = temporaryFolder();
    const first = openStore(folder);
    const ids = [1, 2, 3].map(() => first.store.keep(marked().details, marked().picture).id);
    if (passphrase) await first.store.setPassphrase(null, passphrase);
    first.close();
    await killedDuring(act, folder);

    const { store } = openStore(folder);
    expect(store.state()).toMatchObject({ isEncrypted: passphrase !== null, cases: 3 });
    if (passphrase) await store.unlock(passphrase);
    for (const id of ids) {
      const { notes, images } = store.get(id);
      expect(notes).toBe(MARKERS.notes);
      expect(store.picture(id, images[0]!.imageId).toString()).toContain(MARKERS.picture);
    }
  });
});
