/**
 * The data key of an encrypted store, and the passphrase that opens it. Runs in the host.
 *
 * The passphrase becomes a key by scrypt (RFC 7914) with N = 2^17, r = 8, p = 1, the least that OWASP's Password Storage
 * Cheat Sheet names (about 128 MiB and half a second a guess); that key seals the random data key.
 */
import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { AppError } from '../../contract/errors.ts';
import type { Db } from '../open.ts';
import { KEY_BYTES, seal, unseal } from './sealing.ts';

export interface ScryptCost {
  readonly cost: number;
  readonly block: number;
  readonly lanes: number;
}

export const SCRYPT_COST: ScryptCost = { cost: 2 ** 17, block: 8, lanes: 1 };
/** A store from elsewhere may not ask for more memory or time than this. */
const LARGEST_COST: ScryptCost = { cost: 2 ** 20, block: 16, lanes: 8 };
const SALT_BYTES = 16;

export interface EncryptionRow extends ScryptCost {
  readonly keyId: string;
  readonly salt: Buffer;
  readonly wrapped: Buffer;
}

/** Null: the store is not encrypted. */
export function readEncryption(db: Db): EncryptionRow | null {
  const row = db
    .prepare<[], EncryptionRow>(
      'SELECT key_id AS keyId, cost, block, lanes, salt, wrapped FROM encryption WHERE one = 1',
    )
    .get();
  return row ?? null;
}

/** @param row null: the store is no longer encrypted */
export function writeEncryption(db: Db, row: EncryptionRow | null): void {
  db.exec('DELETE FROM encryption');
  if (!row) return;
  db.prepare('INSERT INTO encryption VALUES (1, @keyId, @cost, @block, @lanes, @salt, @wrapped)').run({
    ...row,
  });
}

export async function wrapDataKey(
  dataKey: Uint8Array,
  passphrase: string,
  scryptCost: ScryptCost,
): Promise<EncryptionRow> {
  const head = {
    ...scryptCost,
    keyId: randomBytes(8).toString('hex'),
    salt: randomBytes(SALT_BYTES),
  };
  const key = await deriveKey(passphrase, head);
  try {
    return { ...head, wrapped: seal(key, dataKey, describe(head)) };
  } finally {
    key.fill(0);
  }
}

/** @throws AppError `wrong-passphrase`, `corrupt` (the parameters make no sense) */
export async function unwrapDataKey(row: EncryptionRow, passphrase: string): Promise<Buffer> {
  if (row.cost > LARGEST_COST.cost || row.block > LARGEST_COST.block || row.lanes > LARGEST_COST.lanes) {
    throw new AppError(
      'corrupt',
      `The case store asks for scrypt with N=${row.cost}, r=${row.block}, p=${row.lanes}, which Lesion Lab never writes. Restore a copy of it.`,
    );
  }
  const key = await deriveKey(passphrase, row);
  try {
    const dataKey = unseal(key, row.wrapped, describe(row));
    if (dataKey?.length === KEY_BYTES) return dataKey;
  } finally {
    key.fill(0);
  }
  throw new AppError(
    'wrong-passphrase',
    'This passphrase does not open the case store. Nothing was changed; check capitals and the keyboard layout, then try again.',
  );
}

/** Parameters are authenticated too, so that none can be exchanged unseen. */
function describe({ keyId, cost, block, lanes, salt }: Omit<EncryptionRow, 'wrapped'>): string {
  return `lesion-lab data key ${keyId} scrypt ${cost} ${block} ${lanes} ${salt.toString('hex')}`;
}

/** The same words give the same key on every keyboard (NFKC). */
function deriveKey(
  passphrase: string,
  { cost, block, lanes, salt }: ScryptCost & { salt: Buffer },
): Promise<Buffer> {
  // Node wants the bound above 128 * N * r, not at it
  const options: ScryptOptions = { N: cost, r: block, p: lanes, maxmem: 256 * cost * block };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
