/**
 * The file of a released model: a zip archive with `release.json`, `model/` (a saved model), `distribution.bin` where the release has
 * a feature distance, `model-card.md` and `model-card.html`; its manifest may be signed. Pure (zod only).
 */
import { z } from 'zod';
import { ArchivedFile } from './archive.ts';
import { ClassInfo } from './dataset.ts';
import { RELEASE_VERSION, ReleaseSummary } from './release.ts';

export const RELEASE_FORMAT = 'lesion-lab-model';
export const RELEASE_SIGNATURE = 'signature.json';
export const RELEASE_DISTRIBUTION = 'distribution.bin';

/** All entries that there may be. */
export const RELEASE_ENTRIES = [
  'release.json',
  'model/model.json',
  'model/weights.bin',
  'model/lesion-lab.json',
  RELEASE_DISTRIBUTION,
  'model-card.md',
  'model-card.html',
] as const;

/** What every version begins with: enough to tell a newer one. */
export const ReleaseHead = z.object({
  format: z.literal(RELEASE_FORMAT),
  formatVersion: z.number().int().positive(),
});

export const ReleaseManifest = ReleaseHead.extend({
  formatVersion: z.literal(RELEASE_VERSION),
  appVersion: z.string(),
  createdAt: z.string(),
  files: z.array(ArchivedFile),
});
export type ReleaseManifest = z.infer<typeof ReleaseManifest>;

/** `signature.json`: over the bytes of the manifest, in which the hashes of all other files stand. */
export const SignatureFile = z.object({
  algorithm: z.literal('Ed25519'),
  /** The 32 bytes of RFC 8032, base64. */
  publicKey: z.base64().length(44),
  /** 64 bytes, base64. */
  signature: z.base64().length(88),
});
export type SignatureFile = z.infer<typeof SignatureFile>;

/** `origin.json` beside what came out of a file: how it came here. */
export const ReleaseOrigin = z.object({
  origin: ReleaseSummary.shape.origin,
  /** The run here that it was released from. */
  runId: z.number().int().positive().nullable(),
  /** What the file held, to tell whether it still lies here as it was installed. */
  files: z.array(ArchivedFile).default([]),
});
export type ReleaseOrigin = z.infer<typeof ReleaseOrigin>;

/** What a released network says of itself. */
export const ReleasedNetwork = z.object({
  modelId: z.string(),
  classes: z.array(ClassInfo),
  input: z.object({ widthPx: z.number().int().positive(), heightPx: z.number().int().positive() }),
  splitHash: z.string(),
  parameters: z.number().int().nonnegative(),
});
export type ReleasedNetwork = z.infer<typeof ReleasedNetwork>;
