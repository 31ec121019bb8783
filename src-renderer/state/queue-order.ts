/** The order of waiting runs. Pure. */

/** @returns the ids with one of them a place earlier or later, where there is room. */
export function moved(ids: readonly number[], id: number, by: -1 | 1): number[] {
  const from = ids.indexOf(id);
  const to = from + by;
  const result = [...ids];
  if (from < 0 || to < 0 || to >= ids.length) return result;
  result.splice(from, 1);
  result.splice(to, 0, id);
  return result;
}
