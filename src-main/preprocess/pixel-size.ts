/** A size in pixels. Pure. */
export interface PixelSize {
  readonly widthPx: number;
  readonly heightPx: number;
}
