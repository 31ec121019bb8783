/** The file of a released model, saved where a person says. Runs in the window. */
import { releaseFileName } from '../../src-main/contract/release-name.ts';
import type { ReleaseSummary } from '../../src-main/contract/schema/release.ts';
import type { Api } from './connect.ts';
import { choosePlace, downloadRunFile } from './run-files.ts';

/** @returns where it is, in words; null when no folder was chosen. @throws AppError `conflict`, `disk-full`, `read-only` */
export async function saveReleaseFile(api: Api, release: ReleaseSummary): Promise<string | null> {
  const place = await choosePlace(api, releaseFileName(release));
  if (place === undefined) return null;
  const { path, asset } = await api.call('release.export', { hash: release.hash, path: place });
  if (asset !== null) downloadRunFile(asset);
  return path ?? 'It is among your downloads.';
}
