/**
 * The gate before classifying: is this a usable close-up of skin? Runs in the worker. Deterministic.
 *
 * A finding warns, it refuses nothing; the caller records it with the answer. All measures but the size are taken on the picture
 * reduced to as many pixels as 200 x 150 has, the size at which the limits were chosen on HAM10000, so that they do not depend on
 * the camera's resolution; docs/image-quality.md has the share of HAM10000 that each limit warns of. A brown or red thing that
 * is not skin, and a face, pass here: telling those is what the distance from the training images is for.
 */
import type { QualityKind } from '../contract/schema/clinical-answer.ts';
import { decodeImage } from './decode.ts';
import { openPicture, readPictureFile } from './decode-source.ts';
import {
  type ColourMeasures,
  hairShare,
  laplacianVariance,
  luminanceOf,
  measureColours,
} from './image-measures.ts';
import type { PixelSize } from './pixel-size.ts';

export interface ImageMeasures extends ColourMeasures {
  readonly shortSidePx: number;
  /** Variance of the Laplacian. */
  readonly sharpness: number;
  /** Share of pixels on dark thin lines. */
  readonly hairShare: number;
}

export interface QualityFinding {
  readonly code: QualityKind;
  readonly measure: keyof ImageMeasures;
  readonly value: number;
  /** The value is below or above this. */
  readonly limit: number;
  /** A sentence for a person: what is wrong and what to do. */
  readonly words: string;
}

export interface ImageQuality {
  /** Of the picture itself, upright. */
  readonly size: PixelSize;
  readonly measures: ImageMeasures;
  /** At most one of each code, in the order of QUALITY_KINDS; empty for a usable picture. */
  readonly findings: readonly QualityFinding[];
}

const MEASURED_PIXELS = 200 * 150;

interface Rule {
  readonly code: QualityKind;
  readonly measure: keyof ImageMeasures;
  readonly side: 'below' | 'above';
  readonly limit: number;
  readonly words: string;
}

const NO_SKIN = 'This does not look like a close-up of skin';

/** By code, in their order; of several rules of one code the first that is broken counts. */
export const QUALITY_RULES: readonly Rule[] = [
  {
    code: 'too-small',
    measure: 'shortSidePx',
    side: 'below',
    limit: 150,
    words: 'The picture has too few pixels to show structures. Use the original instead of a reduced copy.',
  },
  {
    code: 'blurred',
    measure: 'sharpness',
    side: 'below',
    limit: 9,
    words: 'The picture looks blurred. Focus again and hold the dermatoscope still.',
  },
  {
    code: 'too-dark',
    measure: 'meanLuminance',
    side: 'below',
    limit: 90,
    words: 'The picture is very dark. Take it again with more light.',
  },
  {
    code: 'too-dark',
    measure: 'darkShare',
    side: 'above',
    limit: 0.25,
    words: 'Much of the picture is black. Take it again with more light, or cut the black surroundings off.',
  },
  {
    code: 'too-bright',
    measure: 'meanLuminance',
    side: 'above',
    limit: 225,
    words: 'The picture is very bright. Take it again with less exposure.',
  },
  {
    code: 'too-bright',
    measure: 'clippedShare',
    side: 'above',
    limit: 0.6,
    words: 'Much of the picture is overexposed: colours are lost. Take it again with less exposure.',
  },
  {
    code: 'not-a-close-up',
    measure: 'greyShare',
    side: 'above',
    limit: 0.7,
    words: `${NO_SKIN}: it has hardly any colour, as a document, a drawing or a grey picture.`,
  },
  {
    code: 'not-a-close-up',
    measure: 'redness',
    side: 'below',
    limit: 2,
    words: `${NO_SKIN}: its colours are not those of skin.`,
  },
  {
    code: 'not-a-close-up',
    measure: 'reddishShare',
    side: 'below',
    limit: 0.35,
    words: `${NO_SKIN}: only a small part of it has a colour of skin.`,
  },
  {
    code: 'not-a-close-up',
    measure: 'greenBlueShare',
    side: 'above',
    limit: 0.15,
    words: `${NO_SKIN}: much of it is green or blue.`,
  },
  {
    code: 'not-a-close-up',
    measure: 'sharpness',
    side: 'above',
    limit: 6000,
    words: `${NO_SKIN}: it is full of fine detail, as writing or noise is.`,
  },
  {
    code: 'hair',
    measure: 'hairShare',
    side: 'above',
    limit: 0.08,
    words:
      'Hair or other dark lines, such as the marks of a ruler, cover much of the picture. Part the hair or cut it, and take it again.',
  },
];

/**
 * Measures a picture, given by path or by its file's bytes, and says what speaks against classifying it.
 * Throws what `decodeImage` throws: `not-found`, `bad-image`, naming `name`.
 */
export async function assessImage(
  source: string | Buffer,
  name = typeof source === 'string' ? source : 'picture',
): Promise<ImageQuality> {
  const bytes = typeof source === 'string' ? await readPictureFile(source) : source;
  const { widthPx, heightPx } = await openPicture(bytes, name);
  const size = { widthPx, heightPx };
  const reduced = reducedSize(size);
  const pixels = await decodeImage(bytes, reduced, name, size);
  const luminance = luminanceOf(pixels);
  const measures: ImageMeasures = {
    shortSidePx: Math.min(widthPx, heightPx),
    sharpness: laplacianVariance(luminance, reduced),
    ...measureColours(pixels),
    hairShare: hairShare(luminance, reduced),
  };
  return { size, measures, findings: findingsOf(measures) };
}

/** What breaks a rule, at most one finding of each code. */
export function findingsOf(measures: ImageMeasures): QualityFinding[] {
  const findings = new Map<QualityKind, QualityFinding>();
  for (const { code, measure, side, limit, words } of QUALITY_RULES) {
    const value = measures[measure];
    const isBroken = side === 'below' ? value < limit : value > limit;
    if (isBroken && !findings.has(code)) findings.set(code, { code, measure, value, limit, words });
  }
  return [...findings.values()];
}

/** Same shape, no more than MEASURED_PIXELS pixels; a smaller picture stays as it is. */
function reducedSize({ widthPx, heightPx }: PixelSize): PixelSize {
  const scale = Math.min(1, Math.sqrt(MEASURED_PIXELS / (widthPx * heightPx)));
  return {
    widthPx: Math.max(1, Math.round(widthPx * scale)),
    heightPx: Math.max(1, Math.round(heightPx * scale)),
  };
}
