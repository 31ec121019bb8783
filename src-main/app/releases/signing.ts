/**
 * Signatures of released models: Ed25519 (RFC 8032) by Node's own crypto. Runs in the host. A signature proves that a file comes from
 * whoever has the key; who that is, a person finds out by comparing the fingerprint.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { AppError } from '../../contract/errors.ts';
import type { ReleaseSignature } from '../../contract/schema/release.ts';
import type { SignatureFile } from '../../contract/schema/release-archive.ts';

const PUBLIC_KEY_BYTES = 32;

/** The key that this workstation signs with; null: none has been made. @throws AppError `corrupt` */
export function findSigner(keyFile: string): ReleaseSignature | null {
  return existsSync(keyFile) ? signerOf(readKey(keyFile)) : null;
}

/** Signs with this workstation's key, which is made when it is first wanted. @throws AppError `corrupt` */
export function signWith(keyFile: string, bytes: Uint8Array): SignatureFile {
  if (!existsSync(keyFile)) makeKey(keyFile);
  const key = readKey(keyFile);
  return {
    algorithm: 'Ed25519',
    publicKey: signerOf(key).publicKey,
    signature: sign(null, bytes, key).toString('base64'),
  };
}

/** Whose signature it is; null: it does not belong to these bytes. */
export function verifiedSigner(file: SignatureFile, bytes: Uint8Array): ReleaseSignature | null {
  const raw = Buffer.from(file.publicKey, 'base64');
  if (raw.length !== PUBLIC_KEY_BYTES) return null;
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
  const isGenuine = verify(null, bytes, key, Buffer.from(file.signature, 'base64'));
  return isGenuine ? describeKey(raw) : null;
}

/** Others of this machine's users may not read it; an older key is never replaced. */
function makeKey(keyFile: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(keyFile, pem, { flag: 'wx', mode: 0o600 });
}

function readKey(keyFile: string): KeyObject {
  try {
    const key = createPrivateKey(readFileSync(keyFile));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw badKey(keyFile, cause);
  }
  throw badKey(keyFile);
}

function badKey(keyFile: string, cause?: unknown): AppError {
  return new AppError(
    'corrupt',
    `${keyFile} is no Ed25519 key. Restore it from a copy; or move it away, and a new key is made, whose fingerprint others do not know yet.`,
    { cause },
  );
}

function signerOf(key: KeyObject): ReleaseSignature {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return describeKey(Buffer.from(x!, 'base64url'));
}

/** @param raw the 32 bytes of a public key */
export function describeKey(raw: Buffer): ReleaseSignature {
  const fingerprint = createHash('sha256').update(raw).digest('hex');
  return { algorithm: 'Ed25519', publicKey: raw.toString('base64'), fingerprint };
}
