/**
 * What names are sorted by, so that "run 2" comes before "run 10". Pure; used by the host.
 *
 * Every number in a name has its count of digits put before it, and no zeros in front; capitals of ASCII become small, as
 * SQLite's `lower` does it (migration 90 makes the same keys of the names that were there).
 */
const COUNT_WIDTH = 3;

export function nameKey(name: string): string {
  return name
    .replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
    .replace(/0*(\d*)/g, (run, digits: string) =>
      run === '' ? '' : `${String(digits.length).padStart(COUNT_WIDTH, '0')}${digits}`,
    );
}
