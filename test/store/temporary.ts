/** A fresh folder or database for a test, gone after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Db, openDatabase } from '../../src-main/store/open.ts';

/** A process that was ended a moment before, or its worker, may still write a last file into it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-test-'));
  onTestFinished(() => removeFolder(folder));
  return folder;
}

export function temporaryDatabase(): Db {
  const db = openDatabase(join(temporaryFolder(), 'history.sqlite'));
  onTestFinished(() => {
    db.close();
  });
  return db;
}
