/** A file of the case store that is saved by the window. Runs in the window. */
import type { CaseFile } from '../../../src-main/contract/schema/case-privacy.ts';
import { blobOfDataUrl } from '../data-url.ts';
import { download } from '../download.ts';

/** @param file answered without a path of its own */
export function saveCaseFile({ name, mediaType, content }: CaseFile): void {
  download(name, blobOfDataUrl(`data:${mediaType};base64,${content ?? ''}`));
}
