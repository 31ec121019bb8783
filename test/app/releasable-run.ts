/** A run with a model that can be released, and files of releases changed by somebody who means harm. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { ReleaseText } from '../../src-main/contract/schema/release.ts';
import { saveSampleModel } from '../store/sample-release.ts';
import { temporaryFolder } from '../store/temporary.ts';
import type { OpenedApp } from './open-app.ts';

export const sampleText = ReleaseText.parse({
  name: 'Two kinds',
  version: '1.0.0',
  intendedUse: 'Teaching of students.',
  limits: 'Two classes alone.',
  licence: 'CC BY 4.0',
});

/** @param root a folder that is there, since a dataset's pictures must be */
export async function releasableRun(
  app: OpenedApp,
  dataFolder: string,
  known: { root?: string; splitFile?: string; modelKnows?: Parameters<typeof saveSampleModel>[1] } = {},
): Promise<number> {
  const root = known.root ?? temporaryFolder();
  const { dataset } = await app.client.call('dataset.import', { root });
  const { id } = await app.client.call('run.start', {
    datasetId: dataset.id,
    settings: { model: 'cnn1', ...(known.splitFile ? { splitFile: known.splitFile } : {}) },
  });
  await app.ended(id);
  const model = join(dataFolder, 'runs', String(id), 'model');
  rmSync(model, { recursive: true });
  await saveSampleModel(model, known.modelKnows);
  return id;
}

/** The saved file of a release of a fresh application. */
export async function releaseFile(
  app: OpenedApp,
  dataFolder: string,
  { sign: isSigned = true }: { sign?: boolean } = {},
): Promise<{ path: string; hash: string }> {
  const runId = await releasableRun(app, dataFolder);
  const { hash } = await app.client.call('release.create', { runId, text: sampleText, sign: isSigned });
  const path = join(temporaryFolder(), 'two-kinds.lesion-model');
  await app.client.call('release.export', { hash, path });
  return { path, hash };
}

export type Contents = Record<string, Uint8Array>;
export interface Manifest {
  formatVersion: number;
  files: { path: string; bytes: number; sha256: string }[];
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Adds or replaces an entry with the hash and the size that belong to it. */
export function put(contents: Contents, manifest: Manifest, path: string, bytes: Uint8Array): void {
  contents[path] = bytes;
  const rest = manifest.files.filter((file) => file.path !== path);
  manifest.files = [...rest, { path, bytes: bytes.length, sha256: sha256(bytes) }];
}

/**
 * The file with other contents, all its hashes put right again.
 * @param options.signature `keep` the old one, `drop` it, or one that somebody else made
 */
export function repack(
  file: string,
  change: (contents: Contents, manifest: Manifest) => void,
  { signature = 'drop' }: { signature?: 'keep' | 'drop' | 'forge' } = {},
): string {
  const contents: Contents = unzipSync(readFileSync(file));
  const manifest = JSON.parse(Buffer.from(contents['manifest.json']!).toString()) as Manifest;
  change(contents, manifest);
  contents['manifest.json'] = strToU8(JSON.stringify(manifest));
  contents['manifest.sha256'] = strToU8(sha256(contents['manifest.json']));
  if (signature === 'drop') delete contents['signature.json'];
  if (signature === 'forge') contents['signature.json'] = forged(contents['manifest.json']);
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const changed = join(folder, 'changed.lesion-model');
  writeFileSync(changed, zipSync(contents));
  return changed;
}

/** Signed by a stranger's key, though with no fault in it. */
function forged(manifest: Uint8Array): Uint8Array {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url');
  return strToU8(
    JSON.stringify({
      algorithm: 'Ed25519',
      publicKey: raw.toString('base64'),
      signature: sign(null, manifest, privateKey).toString('base64'),
    }),
  );
}

/** Changes the description of a model and puts its own hash right, too. */
export function redescribe(
  contents: Contents,
  manifest: Manifest,
  change: (content: {
    network: { layers: Record<string, unknown>[] };
    files: { path: string; sha256: string; bytes: number }[];
  }) => void,
): void {
  const name = 'model/lesion-lab.json';
  const description = JSON.parse(Buffer.from(contents[name]!).toString());
  change(description.content);
  description.contentSha256 = sha256(Buffer.from(JSON.stringify(description.content)));
  put(contents, manifest, name, strToU8(JSON.stringify(description)));
}
