/**
 * The rows most like a given one, by cosine similarity: which known images resemble this. Pure; runs in every process. Equal to
 * scikit-learn's NearestNeighbors(metric='cosine'). Rows are brought to unit length once, so that a search is one product a row.
 */

export interface NeighbourIndex {
  /** [rows, dims], each row of length 1; a row of zeros stays, and is like nothing. */
  readonly units: Float32Array;
  readonly dims: number;
}

export interface Neighbour {
  readonly row: number;
  /** Cosine of the angle, -1..1. */
  readonly similarity: number;
}

/** @param features [rows, dims], which stays as it is. @throws RangeError when it has no whole number of rows */
export function indexNeighbours(features: Float32Array, dims: number): NeighbourIndex {
  if (!(dims > 0) || features.length % dims !== 0) {
    throw new RangeError(`${features.length} values are no whole rows of ${dims}`);
  }
  const units = new Float32Array(features.length);
  for (let from = 0; from < features.length; from += dims) {
    units.set(unitLength(features.subarray(from, from + dims)), from);
  }
  return { units, dims };
}

/**
 * The `k` most similar rows, most similar first, of equal ones the earlier; at most one of a group (several images of a lesion are
 * one witness).
 * @param groups group of each row; left out: each row is its own
 * @throws RangeError when the query has another number of features
 */
export function nearestNeighbours(
  { units, dims }: NeighbourIndex,
  query: Float32Array,
  { k, groups }: { readonly k: number; readonly groups?: readonly string[] },
): Neighbour[] {
  if (query.length !== dims) {
    throw new RangeError(`a query needs ${dims} features; received ${query.length}`);
  }
  const similarities = cosines(units, unitLength(query));
  const taken = new Set<string | number>();
  const found: Neighbour[] = [];
  while (found.length < k) {
    let best = -1;
    for (let row = 0; row < similarities.length; row++) {
      const isBetter = best < 0 || similarities[row]! > similarities[best]!;
      if (isBetter && !taken.has(groups?.[row] ?? row)) best = row;
    }
    if (best < 0) return found;
    taken.add(groups?.[best] ?? best);
    found.push({ row: best, similarity: similarities[best]! });
  }
  return found;
}

/** How many of the neighbours are of each class. @param classOfRow class of each row of the index */
export function neighboursByClass(
  neighbours: readonly Neighbour[],
  classOfRow: ArrayLike<number>,
  classCount: number,
): number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (const { row } of neighbours) counts[classOfRow[row]!]! += 1;
  return counts;
}

function unitLength(row: Float32Array): Float32Array {
  let squares = 0;
  for (let i = 0; i < row.length; i++) squares += row[i]! * row[i]!;
  const length = Math.sqrt(squares);
  return length > 0 ? row.map((value) => value / length) : row.slice();
}

/** Four sums at a time: an addition need not wait for the one before. */
function cosines(units: Float32Array, query: Float32Array): Float64Array {
  const dims = query.length;
  const similarities = new Float64Array(units.length / dims);
  const whole = dims - (dims % 4);
  for (let row = 0, from = 0; row < similarities.length; row++, from += dims) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < whole; i += 4) {
      a += units[from + i]! * query[i]!;
      b += units[from + i + 1]! * query[i + 1]!;
      c += units[from + i + 2]! * query[i + 2]!;
      d += units[from + i + 3]! * query[i + 3]!;
    }
    for (let i = whole; i < dims; i++) a += units[from + i]! * query[i]!;
    similarities[row] = Math.min(1, Math.max(-1, a + b + c + d));
  }
  return similarities;
}
