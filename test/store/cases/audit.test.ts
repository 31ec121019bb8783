import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { CaseQuery } from '../../../src-main/contract/schema/case.ts';
import { allAudit, listAudit, verifyAudit } from '../../../src-main/store/cases/audit.ts';
import { details, filesWith, openStore, PASSPHRASE, samplePicture } from './samples.ts';

async function used() {
  const opened = openStore();
  const { store } = opened;
  const { id } = store.keep(details({ notes: 'SECRET-NOTES' }), samplePicture());
  store.audit('classified');
  store.get(id);
  store.update(id, { patient: { PatientName: 'SECRET-NAME' } });
  store.addImage(id, samplePicture('later'));
  store.deleteImage(id, 2);
  [...store.export([id], true)];
  store.list(CaseQuery.parse({}));
  await store.setPassphrase(null, PASSPHRASE);
  store.lock();
  await store.unlock('not the passphrase').catch(() => undefined);
  await store.unlock(PASSPHRASE);
  store.setPrivacy({ userName: 'Dr. A', lockAfterMinutes: 5 });
  store.delete([id]);
  return { ...opened, id };
}

/** Changes the list from outside. */
function tamper(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

describe('the audit list', () => {
  test('says who did what with which case and when, and nothing of what is in it', async () => {
    const { store, id, folder } = await used();
    const entries = [...allAudit(store.db)];
    expect(entries.map(({ what, caseId, who }) => [what, caseId, who])).toEqual([
      ['kept', id, 'clinician'],
      ['classified', null, 'clinician'],
      ['opened', id, 'clinician'],
      ['changed', id, 'clinician'],
      ['image-added', id, 'clinician'],
      ['image-deleted', id, 'clinician'],
      ['exported-with-patient-fields', id, 'clinician'],
      ['passphrase-set', null, 'clinician'],
      ['locked', null, 'clinician'],
      ['failed-unlock', null, 'clinician'],
      ['unlocked', null, 'clinician'],
      ['privacy-changed', null, 'clinician'],
      ['deleted', id, 'Dr. A'],
    ]);
    expect(entries[0]).toMatchObject({ sequence: 1, at: '2026-03-04T05:06:07.000Z' });
    expect(filesWith(folder, 'SECRET')).toEqual([]);
    expect(listAudit(store.db, { offset: 1, limit: 2 })).toMatchObject({
      total: 13,
      head: { sequence: 13, hash: entries[12]!.hash },
      entries: [{ sequence: 12 }, { sequence: 11 }],
    });
  });

  test('is chained as its description says', async () => {
    const { store } = await used();
    let previous = '0'.repeat(64);
    for (const { sequence, at, who, what, caseId, hash } of allAudit(store.db)) {
      const line = JSON.stringify([sequence, at, who, what, caseId]);
      previous = createHash('sha256').update(`${previous}\n${line}`).digest('hex');
      expect(hash).toBe(previous);
    }
    expect(verifyAudit(store.db)).toMatchObject({ isWhole: true, entries: 13, firstBroken: null });
  });

  test.each([
    [
      'changed',
      "UPDATE audit SET who = 'somebody else' WHERE sequence = 4",
      4,
      /Line 4 is not what was written/,
    ],
    ['taken out', 'DELETE FROM audit WHERE sequence = 5', 5, /Line 5 is missing/],
    ['put in', "INSERT INTO audit VALUES (14, '2026', 'x', 'opened', NULL, 'f')", 14, /Line 14/],
    [
      'exchanged',
      'UPDATE audit SET sequence = CASE sequence WHEN 2 THEN -3 ELSE -2 END WHERE sequence IN (2, 3); UPDATE audit SET sequence = -sequence WHERE sequence < 0',
      2,
      /Line 2/,
    ],
    ['cut off at the end', 'DELETE FROM audit WHERE sequence > 10', 11, /ends at line 10; there were 13/],
    ['all deleted', 'DELETE FROM audit', 1, /ends at line 0; there were 13/],
  ])('with lines %s is found out, at the first of them', async (_, sql, firstBroken, message) => {
    const { store, file } = await used();
    tamper(file, sql);
    const check = verifyAudit(store.db);
    expect(check).toMatchObject({ isWhole: false, firstBroken });
    expect(check.message).toMatch(message);
  });

  test('cut off together with its head is found out by a hash noted elsewhere alone', async () => {
    const { store, file } = await used();
    const { head: anchor } = verifyAudit(store.db);
    tamper(
      file,
      `DELETE FROM audit WHERE sequence > 10;
      UPDATE audit_head SET (sequence, hash) = (SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1)`,
    );
    const check = verifyAudit(store.db);
    expect(check.isWhole).toBe(true);
    expect(check.message).toMatch(/Only a hash noted elsewhere/);
    expect(verifyAudit(store.db, anchor)).toMatchObject({ isWhole: false, firstBroken: 11 });
    expect(verifyAudit(store.db, { sequence: 4, hash: 'f'.repeat(64) })).toMatchObject({
      isWhole: false,
      firstBroken: 4,
    });
  });

  test('an act that fails leaves no line', async () => {
    const { store } = openStore();
    expect(() => store.get('2345-CFGH')).toThrow();
    expect(() => store.delete(['2345-CFGH'])).toThrow();
    expect(listAudit(store.db, { offset: 0, limit: 10 }).total).toBe(0);
  });
});
