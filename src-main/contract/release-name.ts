/** What the file of a released model is called where nobody says otherwise. Pure; runs in every process. */
import { RELEASE_EXTENSION, type ReleaseText } from './schema/release.ts';

/** "ham10000-mobilenet-1.0.0.lesion-model" */
export function releaseFileName({ name, version }: Pick<ReleaseText, 'name' | 'version'>): string {
  const word = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${word || 'model'}-${version}.${RELEASE_EXTENSION}`;
}
