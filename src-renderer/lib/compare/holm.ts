/**
 * Several tests against one base: p-values adjusted so that the chance of any false finding among them stays what it says (Holm 1979,
 * "A simple sequentially rejective multiple test procedure"). Pure.
 */

/** @param pValues null where there was no test, which does not count @returns in the same order */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const tested = pValues
    .flatMap((value, index) => (value === null ? [] : [{ value, index }]))
    .sort((a, b) => a.value - b.value);
  const adjusted: (number | null)[] = pValues.map(() => null);
  let least = 0;
  tested.forEach(({ value, index }, rank) => {
    least = Math.max(least, Math.min(1, value * (tested.length - rank)));
    adjusted[index] = least;
  });
  return adjusted;
}
