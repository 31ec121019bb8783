/**
 * An invented lesion and the skin around it, as plain data drawn from a style and a seed. Pure. It exists apart from its
 * pictures, so that several of them (`draw-view.ts`) show the same lesion.
 */
import type { Random } from '../../numerics/random.ts';
import type { Colour, LesionStyle, MarkStyle, Range } from './lesion-styles.ts';

/** A soft round mark; position and radius in lesion radii from the lesion's centre. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Width of its fading edge over its radius. */
  readonly softness: number;
  readonly colour: Colour;
  readonly opacity: number;
}

/** All that is fixed about one lesion and the skin around it. */
export interface Lesion {
  readonly style: LesionStyle;
  readonly noiseSeed: number;
  readonly skin: Colour;
  readonly palette: readonly Colour[];
  /** Lesion radius over the picture's height. */
  readonly radius: number;
  /** Ratio of the axes. */
  readonly elongation: number;
  /** Waves of the border, `frequency` a turn. */
  readonly waves: readonly {
    readonly frequency: number;
    readonly amplitude: number;
    readonly phase: number;
  }[];
  readonly softness: number;
  readonly networkOpacity: number;
  readonly networkCells: number;
  readonly marks: readonly Mark[];
  readonly hairs: readonly Mark[];
}

/** Same style and state of the generator: same lesion. */
export function createLesion(style: LesionStyle, random: Random): Lesion {
  const irregularity = between(style.irregularity, random);
  const lightness = random.uniform(-20, 20);
  const warmth = random.uniform(-10, 10);
  const shift = (colour: Colour): Colour => [
    colour[0] + lightness + warmth,
    colour[1] + lightness,
    colour[2] + lightness - warmth,
  ];
  const tan = random.uniform(-16, 10);
  return {
    style,
    noiseSeed: random.integer(2 ** 31),
    skin: [222 + tan + random.uniform(-6, 6), 172 + tan, 154 + tan + random.uniform(-10, 6)],
    palette: style.palette.map(shift),
    radius: between(style.radius, random),
    elongation: random.uniform(1, 1.35),
    waves: [2, 3, 4, 5, 7].map((frequency) => ({
      frequency,
      amplitude: (irregularity * random.uniform(0.5, 1.5)) / Math.sqrt(frequency),
      phase: random.uniform(0, 2 * Math.PI),
    })),
    softness: between(style.softness, random),
    networkOpacity: style.network ? between(style.network.opacity, random) : 0,
    networkCells: style.network ? between(style.network.cells, random) : 1,
    marks: style.marks.flatMap((mark) => createMarks(mark, random)),
    hairs: random.float() < 0.3 ? createHairs(random) : [],
  };
}

function createMarks(style: MarkStyle, random: Random): Mark[] {
  const count = random.float() < style.likely ? Math.round(between(style.count, random)) : 0;
  return Array.from({ length: count }, () => {
    const angle = random.uniform(0, 2 * Math.PI);
    const [nearest, farthest] = style.distance;
    const distance = Math.sqrt(random.uniform(nearest ** 2, farthest ** 2));
    const mark: Mark = {
      x: distance * Math.cos(angle),
      y: distance * Math.sin(angle),
      radius: between(style.radius, random),
      softness: style.softness,
      colour: style.colour,
      opacity: between(style.opacity, random),
    };
    return style.shape === 'dot'
      ? [mark]
      : stroke(
          mark,
          { heading: angle + Math.PI + random.uniform(-0.6, 0.6), length: 0.9, winding: 0.22, branchings: 2 },
          random,
        );
  }).flat();
}

interface Path {
  /** Direction at the start, radians. */
  readonly heading: number;
  /** In lesion radii. */
  readonly length: number;
  /** Largest turn from one dot to the next, radians. */
  readonly winding: number;
  /** How often a branch may branch again. */
  readonly branchings: number;
}

/** A winding, thinning line of overlapping dots with branches: an arborising vessel, or a hair. */
function stroke(start: Mark, path: Path, random: Random): Mark[] {
  const marks: Mark[] = [];
  let { x, y } = start;
  let { heading } = path;
  for (let walked = 0; walked < path.length; walked += start.radius) {
    const radius = start.radius * (1 - (0.5 * walked) / path.length);
    marks.push({ ...start, x, y, radius });
    x += start.radius * Math.cos(heading);
    y += start.radius * Math.sin(heading);
    heading += random.uniform(-path.winding, path.winding);
    if (path.branchings > 0 && random.float() < (1.6 * start.radius) / path.length) {
      const turn = random.float() < 0.5 ? -0.8 : 0.8;
      const branch = {
        ...path,
        heading: heading + turn,
        length: path.length * 0.45,
        branchings: path.branchings - 1,
      };
      marks.push(...stroke({ ...start, x, y, radius: radius * 0.7 }, branch, random));
    }
  }
  return marks;
}

/** A few dark hairs across the picture. */
function createHairs(random: Random): Mark[] {
  return Array.from({ length: 1 + random.integer(5) }, () => {
    const angle = random.uniform(0, 2 * Math.PI);
    const start: Mark = {
      x: 2.2 * Math.cos(angle),
      y: 2.2 * Math.sin(angle),
      radius: 0.026,
      softness: 0.25,
      colour: [52, 38, 34],
      opacity: 0.75,
    };
    const heading = angle + Math.PI + random.uniform(-0.7, 0.7);
    return stroke(start, { heading, length: random.uniform(1.8, 4), winding: 0.09, branchings: 0 }, random);
  }).flat();
}

function between([low, high]: Range, random: Random): number {
  return random.uniform(low, high);
}
