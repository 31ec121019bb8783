/** RGB pixels → the bytes of a JPEG file. Runs in the worker. */
import sharp from 'sharp';
import type { PixelSize } from './pixel-size.ts';

/** `pixels` is row-major RGB of the size given; 4:4:4 at quality 92, so that drawn structures stay sharp. */
export async function encodeJpeg(pixels: Uint8Array, { widthPx, heightPx }: PixelSize): Promise<Uint8Array> {
  return await sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
