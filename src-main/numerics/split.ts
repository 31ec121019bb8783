/**
 * Splits of a dataset. Pure; runs in every process. Every function returns ascending indices into the arrays given,
 * and the same seed gives the same split.
 *
 * By group: no group (lesion) falls in two parts, and each class is spread over the parts in the wanted shares. Within
 * a class the groups are shuffled, ordered by size (largest first), and each goes to the part that a
 * Webster / Sainte-Lague apportionment serves next, so that groups of every size are spread in proportion as well:
 * a test part of single-image lesions alone would be another task than the one trained on.
 */
import { createRandom } from './random.ts';

export type GroupId = string | number;

interface Group {
  readonly members: number[];
  /** The class that most images of the group have; of several, the lowest. */
  readonly stratum: number;
}

/**
 * Stratified split without a group in two parts.
 *
 * @param labels class index of each image; a group with several labels counts as its majority label (tie: the lowest)
 * @param groups group of each image
 * @param fractions share of the images of each part; they sum to 1
 * @returns one array of indices for each fraction, in their order
 * @throws RangeError for arrays of different length, or fractions that are negative or do not sum to 1
 */
export function splitByGroup(options: {
  labels: readonly number[];
  groups: readonly GroupId[];
  fractions: readonly number[];
  seed: number;
}): number[][] {
  const { labels, fractions } = options;
  const total = fractions.reduce((sum, fraction) => sum + fraction, 0);
  if (fractions.some((fraction) => !(fraction >= 0)) || Math.abs(total - 1) > 1e-6) {
    throw new RangeError(`fractions of a split must be >= 0 and sum to 1; received [${fractions}]`);
  }
  const groups = collectGroups(labels, options.groups);
  const shuffled = createRandom(options.seed).shuffle(groups);
  const ordered = shuffled.sort((a, b) => a.stratum - b.stratum || b.members.length - a.members.length);

  const parts: number[][] = fractions.map(() => []);
  let stratum = Number.NaN;
  let given: number[] = [];
  for (const group of ordered) {
    if (group.stratum !== stratum) {
      stratum = group.stratum;
      given = fractions.map(() => 0);
    }
    const part = nextPart(fractions, given, parts, group.members.length);
    given[part]! += group.members.length;
    parts[part]!.push(...group.members);
  }
  return parts.map((part) => part.sort((a, b) => a - b));
}

/**
 * Stratified k-fold without a group in two folds.
 * @returns the indices of each fold's test images; every index is in exactly one fold
 * @throws RangeError when there are fewer groups than folds, or fewer than 2 folds
 */
export function groupKFold(options: {
  labels: readonly number[];
  groups: readonly GroupId[];
  folds: number;
  seed: number;
}): number[][] {
  const { folds } = options;
  const groupCount = new Set(options.groups).size;
  if (!Number.isInteger(folds) || folds < 2 || folds > groupCount) {
    throw new RangeError(
      `folds must be an integer from 2 to the number of groups, ${groupCount}; received ${folds}`,
    );
  }
  return splitByGroup({ ...options, fractions: Array.from({ length: folds }, () => 1 / folds) });
}

/**
 * Random split by item as in the published protocol: cuts one after the other, each a fraction of what is left,
 * e.g. `[0.25, 0.1]` takes 25 % for test, then 10 % of the rest for validation. Sizes are rounded up, as
 * scikit-learn's `train_test_split` does.
 *
 * @returns the cuts in their order, and the rest
 * @throws RangeError when a fraction is outside [0, 1) or leaves nothing
 */
export function splitByItem(options: { count: number; fractions: readonly number[]; seed: number }): {
  cuts: number[][];
  rest: number[];
} {
  const { count, fractions } = options;
  if (fractions.some((fraction) => !(fraction >= 0 && fraction < 1))) {
    throw new RangeError(`fractions to cut must be in [0, 1); received [${fractions}]`);
  }
  let left = createRandom(options.seed).shuffle(Array.from({ length: count }, (_, index) => index));
  const cuts = fractions.map((fraction) => {
    const size = Math.ceil(fraction * left.length);
    const cut = left.slice(0, size);
    left = left.slice(size);
    return cut.sort((a, b) => a - b);
  });
  if (left.length === 0) {
    throw new RangeError(
      `cutting [${fractions}] from ${count} items leaves none; give more items or smaller fractions`,
    );
  }
  return { cuts, rest: left.sort((a, b) => a - b) };
}

/**
 * Merges groups that pairs of items (near-duplicates) link.
 *
 * @param pairs indices of two items each
 * @returns a group number for each item, from 0 in order of first appearance
 * @throws RangeError for an index without an item
 */
export function unionGroups(
  groups: readonly GroupId[],
  pairs: readonly (readonly [number, number])[],
): number[] {
  const firstOfGroup = new Map<GroupId, number>();
  const parent = groups.map((group, index) => {
    if (!firstOfGroup.has(group)) firstOfGroup.set(group, index);
    return firstOfGroup.get(group)!;
  });
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]!]!;
      root = parent[root]!;
    }
    return root;
  };
  for (const [first, second] of pairs) {
    if (parent[first] === undefined || parent[second] === undefined) {
      throw new RangeError(
        `a pair must name two of the ${groups.length} items; received [${first}, ${second}]`,
      );
    }
    parent[rootOf(second)] = rootOf(first);
  }
  const numberOfRoot = new Map<number, number>();
  return groups.map((_, index) => {
    const root = rootOf(index);
    if (!numberOfRoot.has(root)) numberOfRoot.set(root, numberOfRoot.size);
    return numberOfRoot.get(root)!;
  });
}

function collectGroups(labels: readonly number[], groups: readonly GroupId[]): Group[] {
  if (labels.length !== groups.length) {
    throw new RangeError(
      `each image needs a label and a group; received ${labels.length} and ${groups.length}`,
    );
  }
  const membersOf = new Map<GroupId, number[]>();
  groups.forEach((group, index) => {
    const members = membersOf.get(group);
    if (members === undefined) membersOf.set(group, [index]);
    else members.push(index);
  });
  return [...membersOf.values()].map((members) => ({
    members,
    stratum: majorityLabel(members.map((index) => labels[index]!)),
  }));
}

/** The most frequent label; of several, the lowest. */
function majorityLabel(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  let best = labels[0]!;
  for (const [label, count] of counts) {
    const most = counts.get(best)!;
    if (count > most || (count === most && label < best)) best = label;
  }
  return best;
}

/**
 * The part whose share would be least exceeded by half the group; at a tie the one that is least filled over all
 * classes, so that the roundings of the classes do not add up in one part.
 */
function nextPart(
  fractions: readonly number[],
  given: readonly number[],
  parts: readonly (readonly number[])[],
  size: number,
): number {
  let best = -1;
  let bestFill = Number.POSITIVE_INFINITY;
  for (let part = 0; part < fractions.length; part++) {
    const fraction = fractions[part]!;
    if (fraction === 0) continue;
    const fill = (given[part]! + size / 2) / fraction;
    const tied = Math.abs(fill - bestFill) <= 1e-9 * fill;
    const emptier = tied && parts[part]!.length / fraction < parts[best]!.length / fractions[best]!;
    if ((fill < bestFill && !tied) || emptier) {
      best = part;
      bestFill = fill;
    }
  }
  return best;
}
