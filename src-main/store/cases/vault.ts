/**
 * Whether the case store is open: holds the data key of an encrypted one while it is unlocked. Runs in the host.
 *
 * Locking overwrites the key. What was read before (texts, a passphrase typed in) are JavaScript values that the collector frees
 * when it likes; they are no longer reachable then, yet not overwritten.
 */
import { randomBytes } from 'node:crypto';
import { AppError } from '../../contract/errors.ts';
import type { Db } from '../open.ts';
import {
  readEncryption,
  SCRYPT_COST,
  type ScryptCost,
  unwrapDataKey,
  wrapDataKey,
  writeEncryption,
} from './passphrase.ts';
import { type DataKey, rewriteKeys } from './record-keys.ts';
import { KEY_BYTES } from './sealing.ts';

export class Vault {
  readonly #db: Db;
  readonly #scryptCost: ScryptCost;
  #held: { readonly keyId: string; readonly key: Buffer } | null = null;

  constructor(db: Db, scryptCost = SCRYPT_COST) {
    this.#db = db;
    this.#scryptCost = scryptCost;
  }

  get isEncrypted(): boolean {
    return readEncryption(this.#db) !== null;
  }

  get isLocked(): boolean {
    const row = readEncryption(this.#db);
    return row !== null && row.keyId !== this.#held?.keyId;
  }

  /** What the records' keys are sealed with. @throws AppError `cases-locked` */
  dataKey(): DataKey {
    const row = readEncryption(this.#db);
    if (row === null) return null;
    if (row.keyId === this.#held?.keyId) return this.#held.key;
    throw new AppError('cases-locked', 'The cases are locked. Give the passphrase to open them.');
  }

  lock(): void {
    this.#held?.key.fill(0);
    this.#held = null;
  }

  /** @throws AppError `wrong-passphrase`, `conflict` (not encrypted) */
  async unlock(passphrase: string): Promise<void> {
    const row = readEncryption(this.#db);
    if (!row) throw new AppError('conflict', 'The cases are not encrypted; no passphrase is needed.');
    const key = await unwrapDataKey(row, passphrase);
    this.lock();
    this.#held = { keyId: row.keyId, key };
  }

  /**
   * Encrypts, changes the passphrase (and the data key with it) or ends the encryption; the store is open afterwards. One
   * transaction: all or nothing.
   * @param within what else is to happen in that transaction
   * @throws AppError `wrong-passphrase`, `conflict` (it is encrypted and `current` is null, or the other way round)
   */
  async setPassphrase(current: string | null, next: string | null, within: () => void): Promise<void> {
    const row = readEncryption(this.#db);
    if ((row !== null) !== (current !== null)) {
      throw new AppError(
        'conflict',
        row
          ? 'The cases are encrypted already. Give the present passphrase to change or remove it.'
          : 'The cases are not encrypted, so there is no present passphrase. Leave it out.',
      );
    }
    const oldKey = row && current !== null ? await unwrapDataKey(row, current) : null;
    const newKey = next === null ? null : randomBytes(KEY_BYTES);
    try {
      const newRow = newKey && next !== null ? await wrapDataKey(newKey, next, this.#scryptCost) : null;
      this.#db
        .transaction(() => {
          if (readEncryption(this.#db)?.keyId !== row?.keyId) {
            throw new AppError('conflict', 'Another window has changed the passphrase meanwhile. Try again.');
          }
          rewriteKeys(this.#db, oldKey, newKey);
          writeEncryption(this.#db, newRow);
          within();
        })
        .immediate();
      this.lock();
      if (newRow && newKey) this.#held = { keyId: newRow.keyId, key: Buffer.from(newKey) };
    } finally {
      oldKey?.fill(0);
      newKey?.fill(0);
    }
  }
}
