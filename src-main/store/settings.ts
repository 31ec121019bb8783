/** What the application remembers about how a person likes it. Runs in the host. */
import { Settings, type SettingsChange } from '../contract/schema/settings.ts';
import type { Db } from './open.ts';

/** The settings, with the usual value where nothing was chosen. */
export function readSettings(db: Db): Settings {
  const rows = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM settings').all();
  return Settings.parse(Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value)])));
}

/** Changes the given keys and leaves the others. */
export function writeSettings(db: Db, { acceptLicence, ...replaced }: SettingsChange): void {
  db.transaction(() => {
    const { acceptedLicences } = readSettings(db);
    const isNew = acceptLicence !== undefined && !acceptedLicences.includes(acceptLicence);
    const changes = { ...replaced, ...(isNew && { acceptedLicences: [...acceptedLicences, acceptLicence] }) };
    const write = db.prepare(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    for (const [key, value] of Object.entries(changes)) write.run(key, JSON.stringify(value));
  })();
}
