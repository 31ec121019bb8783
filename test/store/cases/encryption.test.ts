import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { CaseQuery } from '../../../src-main/contract/schema/case.ts';
import { NewPassphrase } from '../../../src-main/contract/schema/case-privacy.ts';
import {
  readEncryption,
  SCRYPT_COST,
  unwrapDataKey,
  wrapDataKey,
} from '../../../src-main/store/cases/passphrase.ts';
import { keysOf } from '../../../src-main/store/cases/record-keys.ts';
import { seal, unseal } from '../../../src-main/store/cases/sealing.ts';
import { Vault } from '../../../src-main/store/cases/vault.ts';
import { details, filesWith, LOW_COST, openStore, PASSPHRASE, samplePicture } from './samples.ts';

const NOTES = 'NOTES-MARKER-b9719d911017c592';
const all = CaseQuery.parse({});
const isLocked = expect.objectContaining({ code: 'cases-locked' });
const isWrong = expect.objectContaining({ code: 'wrong-passphrase' });

async function encrypted() {
  const opened = openStore();
  const kept = opened.store.keep(
    details({ notes: NOTES, patient: { PatientName: 'Doe' } }),
    samplePicture('pixels'),
  );
  const plainKeys = [
    ...keysOf(opened.store.db, null, 'case').values(),
    ...keysOf(opened.store.db, null, 'picture').values(),
  ];
  await opened.store.setPassphrase(null, PASSPHRASE);
  return { ...opened, kept, plainKeys };
}

describe('AES-256-GCM', () => {
  // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 15, in the order nonce, tag, text
  test('is the one of the published vectors', () => {
    const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
    const key = hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308');
    const sealed = hex(`cafebabefacedbaddecaf888 b094dac5d93471bdec1a502270e3cc6c
      522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
      8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad`);
    expect(unseal(key, sealed, '')?.toString('hex')).toBe(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255',
    );
  });

  test('opens with its own key, in its own place, and unchanged only; each sealing differs', () => {
    const key = Buffer.alloc(32, 7);
    const sealed = seal(key, Buffer.from('text'), 'here');
    expect(unseal(key, sealed, 'here')?.toString()).toBe('text');
    expect(unseal(Buffer.alloc(32, 8), sealed, 'here')).toBeNull();
    expect(unseal(key, sealed, 'there')).toBeNull();
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(unseal(key, changed, 'here')).toBeNull();
    }
    expect(unseal(key, sealed.subarray(0, 20), 'here')).toBeNull();
    expect(seal(key, Buffer.from('text'), 'here').equals(sealed)).toBe(false);
  });
});

describe('the passphrase', () => {
  test('becomes a key with the cost that OWASP names, which is stored', async () => {
    expect(SCRYPT_COST).toEqual({ cost: 131072, block: 8, lanes: 1 });
    const dataKey = Buffer.alloc(32, 1);
    const row = await wrapDataKey(dataKey, PASSPHRASE, SCRYPT_COST);
    expect(row).toMatchObject(SCRYPT_COST);
    expect(await unwrapDataKey(row, PASSPHRASE)).toEqual(dataKey);
    await expect(unwrapDataKey({ ...row, cost: 65536 }, PASSPHRASE)).rejects.toEqual(isWrong);
  });

  test('is the same from every keyboard', async () => {
    const row = await wrapDataKey(Buffer.alloc(32, 1), 'caf\u00e9 au lait', LOW_COST);
    expect(await unwrapDataKey(row, 'cafe\u0301 au lait')).toHaveLength(32);
  });

  test('may not cost a computer all its memory on a store from elsewhere', async () => {
    const row = await wrapDataKey(Buffer.alloc(32), PASSPHRASE, LOW_COST);
    await expect(unwrapDataKey({ ...row, cost: 2 ** 24 }, PASSPHRASE)).rejects.toMatchObject({
      code: 'corrupt',
    });
  });

  test('has twelve characters at least, as people count them', () => {
    expect(NewPassphrase.safeParse('eleven sign').success).toBe(false);
    expect(NewPassphrase.safeParse('twelve signs').success).toBe(true);
    expect(NewPassphrase.safeParse('🐧🐧🐧🐧🐧🐧').success).toBe(false);
  });
});

describe('an encrypted store', () => {
  test('has no key in clear any more, and all its cases', async () => {
    const { store, folder, kept, plainKeys } = await encrypted();
    expect(plainKeys).toHaveLength(2);
    expect(plainKeys.flatMap((key) => filesWith(folder, key))).toEqual([]);
    expect(filesWith(folder, NOTES)).toEqual([]);
    expect(store.state()).toMatchObject({ isEncrypted: true, isLocked: false, cases: 1, damaged: [] });
    expect(store.get(kept.id)).toEqual(kept);
    expect(store.list(CaseQuery.parse({ filter: { search: 'notes-marker' } })).total).toBe(1);
  });

  test('gives nothing while locked, and all again with the passphrase', async () => {
    const { store, kept } = await encrypted();
    store.lock();
    expect(store.state()).toMatchObject({ isLocked: true, cases: 1 });
    for (const act of [
      () => store.get(kept.id),
      () => store.list(all),
      () => store.ids(all.filter, all.sort),
      () => store.agreement(all.filter),
      () => store.picture(kept.id, 1),
      () => [...store.export([kept.id], false)],
      () => store.update(kept.id, { notes: '' }),
      () => store.keep(details(), samplePicture()),
      () => store.addImage(kept.id, samplePicture()),
      () => store.deleteImage(kept.id, 1),
      () => store.delete([kept.id]),
      () => store.setPrivacy({ lockAfterMinutes: 400 }),
    ]) {
      expect(act).toThrow(isLocked);
    }
    await expect(store.unlock('not the passphrase')).rejects.toEqual(isWrong);
    expect(store.state().isLocked).toBe(true);
    await store.unlock(PASSPHRASE);
    expect(store.get(kept.id)).toEqual(kept);
    expect(store.picture(kept.id, 1).toString()).toBe('pixels');
  });

  test('is locked after another start', async () => {
    const { folder, close, kept } = await encrypted();
    close();
    const again = openStore(folder).store;
    expect(() => again.get(kept.id)).toThrow(isLocked);
    await again.unlock(PASSPHRASE);
    expect(again.get(kept.id)).toEqual(kept);
  });

  test('changes its passphrase: the old one opens nothing any more', async () => {
    const { store, kept } = await encrypted();
    const next = 'entirely other words';
    await expect(store.setPassphrase('not the passphrase', next)).rejects.toEqual(isWrong);
    await store.setPassphrase(PASSPHRASE, next);
    store.lock();
    await expect(store.unlock(PASSPHRASE)).rejects.toEqual(isWrong);
    await store.unlock(next);
    expect(store.get(kept.id)).toEqual(kept);
  });

  test('ends its encryption with the passphrase alone, and is then open', async () => {
    const { store, kept } = await encrypted();
    await expect(store.setPassphrase('not the passphrase', null)).rejects.toEqual(isWrong);
    await expect(store.setPassphrase(null, 'another passphrase')).rejects.toMatchObject({ code: 'conflict' });
    store.lock();
    await store.setPassphrase(PASSPHRASE, null);
    expect(store.state()).toMatchObject({ isEncrypted: false, isLocked: false });
    expect(store.get(kept.id)).toEqual(kept);
    await expect(store.setPassphrase(PASSPHRASE, null)).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.unlock(PASSPHRASE)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('shuts out a program that had it open before, until it has the passphrase too', async () => {
    const { store, folder, kept } = await encrypted();
    const other = openStore(folder).store;
    await other.unlock(PASSPHRASE);
    expect(other.list(all).total).toBe(1);
    await store.setPassphrase(PASSPHRASE, 'entirely other words');
    expect(() => other.list(all)).toThrow(isLocked);
    await other.unlock('entirely other words');
    expect(other.get(kept.id)).toEqual(kept);
  });

  test('finds records that were exchanged', async () => {
    const { store, file, folder, kept, close } = await encrypted();
    const two = store.keep(details({ notes: 'two' }), samplePicture('two'));
    close();
    const db = new Database(file);
    db.exec(`
      CREATE TEMP TABLE one AS SELECT * FROM cases WHERE id = 1;
      UPDATE cases SET summary = (SELECT c.summary FROM cases c WHERE c.id = 2), detail = (SELECT c.detail FROM cases c WHERE c.id = 2) WHERE id = 1;
      UPDATE cases SET summary = (SELECT summary FROM one), detail = (SELECT detail FROM one) WHERE id = 2;
      UPDATE case_pictures SET bytes = (SELECT p.bytes FROM case_pictures p WHERE p.id = 2) WHERE id = 1;
      UPDATE record_keys SET key = (SELECT k.key FROM record_keys k WHERE k.kind = record_keys.kind AND k.record_id = 2) WHERE record_id = 1;
    `);
    db.close();
    const again = openStore(folder).store;
    await again.unlock(PASSPHRASE);
    for (const act of [() => again.get(kept.id), () => again.get(two.id), () => again.picture(kept.id, 1)]) {
      expect(act).toThrow(expect.objectContaining({ code: 'corrupt' }));
    }
    expect(again.state().damaged).toHaveLength(2);
  });

  test('overwrites its key in memory when it is locked', async () => {
    const { store } = await encrypted();
    const vault = new Vault(store.db, LOW_COST);
    await vault.unlock(PASSPHRASE);
    const key = vault.dataKey()!;
    expect(key.some((byte) => byte !== 0)).toBe(true);
    vault.lock();
    expect(key.every((byte) => byte === 0)).toBe(true);
    expect(() => vault.dataKey()).toThrow(isLocked);
    expect(readEncryption(store.db)).not.toBeNull();
  });

  test('deletes for good as an open one does', async () => {
    const { store, kept } = await encrypted();
    const { salt } = readEncryption(store.db)!;
    expect(store.delete([kept.id])).toEqual({ deleted: 1, isErased: true });
    expect(store.db.prepare('SELECT count(*) FROM record_keys').pluck().get()).toBe(0);
    expect(readEncryption(store.db)!.salt).toEqual(salt);
  });
});
