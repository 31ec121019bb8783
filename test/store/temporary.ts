/** A fresh folder or database for a test, gone after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Db, openDatabase } from '../../src-main/store/open.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function temporaryDatabase(): Db {
  const db = openDatabase(join(temporaryFolder(), 'history.sqlite'));
  onTestFinished(() => {
    db.close();
  });
  return db;
}
