/** Smooth and cellular noise on the plane, the same for the same seed. Pure. */

/** Uniform in [0, 1) from a lattice point: an integer hash (Wellons's low-bias finaliser). */
function latticeValue(x: number, y: number, seed: number): number {
  let mixed = (Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ seed) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

/** Value noise in [0, 1), about one bump a unit. */
export function smoothNoise(x: number, y: number, seed: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const u = fade(x - column);
  const v = fade(y - row);
  const top = latticeValue(column, row, seed) * (1 - u) + latticeValue(column + 1, row, seed) * u;
  const bottom = latticeValue(column, row + 1, seed) * (1 - u) + latticeValue(column + 1, row + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

/** Three octaves of value noise, in [0, 1). */
export function cloudNoise(x: number, y: number, seed: number): number {
  const coarse = smoothNoise(x, y, seed);
  const middle = smoothNoise(2 * x, 2 * y, seed + 1);
  const fine = smoothNoise(4 * x, 4 * y, seed + 2);
  return (4 * coarse + 2 * middle + fine) / 7;
}

/**
 * Nearness to the walls between irregular cells of about one unit (Worley 1996, F2 - F1): 1 on a wall, 0 inside.
 * The honeycomb of a pigment network.
 */
export function cellWalls(x: number, y: number, seed: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  let nearest = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const cx = column + dx + 0.15 + 0.7 * latticeValue(column + dx, row + dy, seed);
      const cy = row + dy + 0.15 + 0.7 * latticeValue(column + dx, row + dy, seed + 1);
      const distance = Math.sqrt((cx - x) ** 2 + (cy - y) ** 2);
      if (distance < nearest) {
        second = nearest;
        nearest = distance;
      } else if (distance < second) {
        second = distance;
      }
    }
  }
  return 1 - Math.min(1, (second - nearest) / 0.3);
}

function fade(t: number): number {
  return t * t * (3 - 2 * t);
}
