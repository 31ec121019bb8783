/** Settings of the case store's privacy, kept in it. Runs in the host. */
import { CasePrivacy, type CasePrivacyChange } from '../../contract/schema/case-privacy.ts';
import type { Db } from '../open.ts';

/** With the usual value where nothing was chosen. */
export function readPrivacy(db: Db): CasePrivacy {
  const rows = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM privacy').all();
  return CasePrivacy.parse(Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value)])));
}

/** Changes the given keys and leaves the others. */
export function writePrivacy(db: Db, changes: CasePrivacyChange): void {
  const write = db.prepare(
    'INSERT INTO privacy (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  for (const [key, value] of Object.entries(changes)) {
    if (value !== undefined) write.run(key, JSON.stringify(value));
  }
}
