/**
 * What import learns of one picture file. The function that does it needs a decoder, so it is handed in
 * (`preprocess/inspect.ts`); this folder knows only its result. Pure.
 */
export const THUMBNAIL_WIDTH_PX = 18;
export const THUMBNAIL_HEIGHT_PX = 16;

export interface PictureInspection {
  /** SHA-256 of the file's bytes, 64 hexadecimal digits. */
  readonly contentHash: string;
  /** 64-bit difference hash, 16 hexadecimal digits. */
  readonly perceptualHash: string;
  /** Grey thumbnail of THUMBNAIL_WIDTH_PX x THUMBNAIL_HEIGHT_PX, row-major: what confirms a near-duplicate. */
  readonly thumbnail: Uint8Array;
  /** After EXIF orientation. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Reads and decodes a picture whole; throws `bad-image` or `not-found` naming it. */
export type InspectPicture = (path: string) => Promise<PictureInspection>;
