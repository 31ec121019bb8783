/** A gallery's choice among facets, to and from the options of its address. Pure. */
import { type Choice, FACET_KEYS, type FacetKey } from './datasets-facets.ts';

const BETWEEN = '|';

export function readChoice(options: Readonly<Record<string, string>>): Choice {
  const entries = FACET_KEYS.flatMap((key) =>
    options[key] ? [[key, options[key].split(BETWEEN)] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** The change that ticks an option or takes its tick away. */
export function toggleOption(choice: Choice, key: FacetKey, value: string): Record<string, string> {
  const values = choice[key] ?? [];
  const changed = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  return { [key]: changed.join(BETWEEN) };
}

/** The change that shows all images again. */
export function clearChoice(): Record<string, string> {
  return { ...Object.fromEntries(FACET_KEYS.map((key) => [key, ''])), search: '' };
}
