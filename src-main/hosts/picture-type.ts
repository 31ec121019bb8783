/** What kind of picture a file is, from its first bytes; the only files that go down as an asset are pictures. Pure. */

export const SIGNATURE_BYTES = 12;

/** @returns the media type, or null for what is no picture that a browser or the decoder knows. */
export function pictureType(head: Uint8Array): string | null {
  const text = Buffer.from(head.subarray(0, SIGNATURE_BYTES)).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('RIFF') && text.slice(8) === 'WEBP') return 'image/webp';
  if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return 'image/tiff';
  return null;
}
