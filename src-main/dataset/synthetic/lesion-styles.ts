/**
 * How each diagnosis is drawn in the demo set: colours, border and the dermoscopic structures that are typical of it
 * (after the vocabulary of Kittler et al. 2016, "Standardization of terminology in dermoscopy"). A caricature to try
 * the program with, not a teaching atlas. Pure data.
 */
export type Colour = readonly [red: number, green: number, blue: number];
export type Range = readonly [low: number, high: number];

/** A kind of mark inside a lesion; lengths in lesion radii. */
export interface MarkStyle {
  readonly shape: 'dot' | 'vessel';
  /** Chance that a lesion has any. */
  readonly likely: number;
  readonly count: Range;
  readonly radius: Range;
  /** Width of a mark's fading edge over its radius. */
  readonly softness: number;
  /** Where: distance from the centre in lesion radii. */
  readonly distance: Range;
  readonly colour: Colour;
  readonly opacity: Range;
}

export interface LesionStyle {
  /** Share of the images of the set. */
  readonly share: number;
  /** From the centre outwards, blotches of noise mixing neighbours. */
  readonly palette: readonly Colour[];
  /** How much of the mixing is blotches rather than rings, 0..1. */
  readonly blotches: number;
  /** Lesion radius over the picture's height. */
  readonly radius: Range;
  readonly irregularity: Range;
  /** Width of the border's fading, in lesion radii. */
  readonly softness: Range;
  readonly opacity: number;
  /** Honeycomb lines: their colour, strength and cells a radius; null: none. */
  readonly network: { readonly colour: Colour; readonly opacity: Range; readonly cells: Range } | null;
  readonly marks: readonly MarkStyle[];
  readonly ageYears: Range;
  readonly sites: readonly string[];
  /** How the diagnosis came about, first the most likely. */
  readonly dxTypes: readonly string[];
}

/** By HAM10000's class code. */
export const LESION_STYLES: Readonly<Record<string, LesionStyle>> = {
  akiec: {
    share: 0.09,
    palette: [
      [206, 112, 102],
      [214, 130, 116],
      [222, 154, 136],
    ],
    blotches: 0.7,
    radius: [0.26, 0.4],
    irregularity: [0.08, 0.18],
    softness: [0.25, 0.45],
    opacity: 0.8,
    network: { colour: [178, 72, 70], opacity: [0.2, 0.45], cells: [6, 9] },
    marks: [
      mark('dot', {
        likely: 0.9,
        count: [14, 34],
        radius: [0.025, 0.05],
        distance: [0, 0.85],
        colour: [240, 214, 176],
        opacity: [0.4, 0.8],
      }),
      mark('dot', {
        likely: 0.7,
        count: [2, 6],
        radius: [0.1, 0.22],
        softness: 0.8,
        distance: [0.1, 0.8],
        colour: [238, 222, 200],
        opacity: [0.3, 0.6],
      }),
    ],
    ageYears: [55, 85],
    sites: ['face', 'scalp', 'hand', 'upper extremity'],
    dxTypes: ['histo'],
  },
  bcc: {
    share: 0.11,
    palette: [
      [212, 140, 134],
      [222, 162, 150],
      [204, 132, 124],
    ],
    blotches: 0.6,
    radius: [0.24, 0.4],
    irregularity: [0.05, 0.12],
    softness: [0.12, 0.25],
    opacity: 0.8,
    network: null,
    marks: [
      mark('dot', {
        likely: 0.75,
        count: [3, 8],
        radius: [0.08, 0.22],
        softness: 0.6,
        distance: [0.2, 0.85],
        colour: [108, 100, 118],
        opacity: [0.4, 0.75],
      }),
      mark('vessel', {
        likely: 0.9,
        count: [3, 6],
        radius: [0.014, 0.026],
        distance: [0.4, 1],
        colour: [184, 48, 50],
        opacity: [0.5, 0.8],
      }),
      mark('dot', {
        likely: 0.3,
        count: [1, 2],
        radius: [0.12, 0.24],
        softness: 0.6,
        distance: [0, 0.5],
        colour: [150, 60, 50],
        opacity: [0.4, 0.7],
      }),
    ],
    ageYears: [50, 85],
    sites: ['face', 'back', 'trunk', 'neck'],
    dxTypes: ['histo'],
  },
  bkl: {
    share: 0.15,
    palette: [
      [142, 104, 78],
      [172, 132, 98],
      [128, 96, 76],
    ],
    blotches: 0.85,
    radius: [0.26, 0.42],
    irregularity: [0.04, 0.1],
    softness: [0.04, 0.12],
    opacity: 0.88,
    network: null,
    marks: [
      mark('dot', {
        likely: 0.85,
        count: [8, 24],
        radius: [0.022, 0.045],
        distance: [0, 0.9],
        colour: [236, 222, 190],
        opacity: [0.5, 0.9],
      }),
      mark('dot', {
        likely: 0.8,
        count: [8, 20],
        radius: [0.03, 0.08],
        softness: 0.5,
        distance: [0, 0.9],
        colour: [88, 60, 42],
        opacity: [0.4, 0.75],
      }),
    ],
    ageYears: [50, 85],
    sites: ['face', 'back', 'trunk', 'chest'],
    dxTypes: ['histo', 'consensus', 'confocal'],
  },
  df: {
    share: 0.08,
    palette: [
      [230, 200, 184],
      [206, 160, 134],
      [184, 136, 108],
    ],
    blotches: 0.2,
    radius: [0.2, 0.32],
    irregularity: [0.02, 0.06],
    softness: [0.3, 0.5],
    opacity: 0.85,
    network: { colour: [142, 94, 68], opacity: [0.15, 0.35], cells: [8, 11] },
    marks: [
      mark('dot', {
        likely: 0.9,
        count: [3, 6],
        radius: [0.16, 0.32],
        softness: 0.9,
        distance: [0, 0.28],
        colour: [242, 222, 210],
        opacity: [0.35, 0.6],
      }),
    ],
    ageYears: [25, 65],
    sites: ['lower extremity', 'upper extremity'],
    dxTypes: ['histo', 'consensus'],
  },
  nv: {
    share: 0.34,
    palette: [
      [122, 80, 58],
      [146, 98, 70],
      [174, 124, 92],
    ],
    blotches: 0.35,
    radius: [0.2, 0.38],
    irregularity: [0.02, 0.08],
    softness: [0.15, 0.4],
    opacity: 0.88,
    network: { colour: [84, 52, 40], opacity: [0.15, 0.5], cells: [8, 12] },
    marks: [
      mark('dot', {
        likely: 0.5,
        count: [4, 18],
        radius: [0.022, 0.045],
        distance: [0, 0.8],
        colour: [78, 48, 36],
        opacity: [0.3, 0.65],
      }),
    ],
    ageYears: [15, 65],
    sites: ['back', 'trunk', 'lower extremity', 'abdomen', 'upper extremity'],
    dxTypes: ['follow_up', 'histo', 'consensus'],
  },
  mel: {
    share: 0.16,
    palette: [
      [62, 44, 40],
      [108, 72, 56],
      [74, 54, 52],
      [150, 100, 76],
    ],
    blotches: 0.95,
    radius: [0.28, 0.42],
    irregularity: [0.1, 0.2],
    softness: [0.08, 0.2],
    opacity: 0.93,
    network: { colour: [48, 32, 30], opacity: [0.15, 0.5], cells: [6, 10] },
    marks: [
      mark('dot', {
        likely: 0.8,
        count: [6, 22],
        radius: [0.025, 0.06],
        distance: [0.4, 1],
        colour: [38, 28, 28],
        opacity: [0.5, 0.9],
      }),
      mark('dot', {
        likely: 0.75,
        count: [1, 3],
        radius: [0.22, 0.45],
        softness: 0.8,
        distance: [0.1, 0.6],
        colour: [124, 126, 146],
        opacity: [0.35, 0.65],
      }),
      mark('dot', {
        likely: 0.4,
        count: [1, 2],
        radius: [0.16, 0.3],
        softness: 0.8,
        distance: [0.3, 0.8],
        colour: [222, 188, 174],
        opacity: [0.4, 0.7],
      }),
    ],
    ageYears: [35, 85],
    sites: ['back', 'upper extremity', 'lower extremity', 'face'],
    dxTypes: ['histo'],
  },
  vasc: {
    share: 0.07,
    palette: [
      [150, 32, 50],
      [176, 50, 62],
      [196, 88, 90],
    ],
    blotches: 0.5,
    radius: [0.18, 0.34],
    irregularity: [0.04, 0.12],
    softness: [0.06, 0.16],
    opacity: 0.82,
    network: null,
    marks: [
      mark('dot', {
        likely: 0.95,
        count: [8, 18],
        radius: [0.12, 0.26],
        softness: 0.35,
        distance: [0, 0.8],
        colour: [128, 18, 44],
        opacity: [0.4, 0.75],
      }),
      mark('dot', {
        likely: 0.6,
        count: [1, 5],
        radius: [0.1, 0.22],
        softness: 0.5,
        distance: [0, 0.7],
        colour: [60, 16, 54],
        opacity: [0.4, 0.75],
      }),
    ],
    ageYears: [20, 80],
    sites: ['trunk', 'chest', 'lower extremity', 'face'],
    dxTypes: ['consensus', 'histo'],
  },
};

function mark(
  shape: MarkStyle['shape'],
  rest: Omit<MarkStyle, 'shape' | 'softness'> & { softness?: number },
): MarkStyle {
  return { shape, softness: 0.25, ...rest };
}
