/** Screens and their addresses, after the #; what a screen remembers of itself stands behind a question mark. Pure. */

export type Place =
  | { readonly screen: 'datasets' | 'new' | 'train' | 'runs' | 'classify' | 'settings' }
  | { readonly screen: 'train' | 'run'; readonly id: number }
  | { readonly screen: 'compare'; readonly ids: readonly number[] }
  /** One case, or all of them. */
  | { readonly screen: 'cases'; readonly caseId: string | null };

export const COMPARED_AT_LEAST = 2;
export const COMPARED_AT_MOST = 6;

/** "#/runs/5" → the report of run 5, "#/compare/5,7" → runs 5 and 7; anything unknown → the datasets. */
export function readPlace(hash: string): Place {
  const compared = /^#\/compare\/(\d+(?:,\d+)*)(?:\?.*)?$/.exec(hash)?.[1];
  if (compared !== undefined)
    return { screen: 'compare', ids: [...new Set(compared.split(',').map(Number))] };
  const [isCases, caseId = null] = /^#\/cases(?:\/([0-9A-Z]{4}-[0-9A-Z]{4}))?(?:\?.*)?$/.exec(hash) ?? [];
  if (isCases) return { screen: 'cases', caseId };
  const [, name = '', rest = ''] = /^#\/(\w+)(?:\/(\d+))?(?:\?.*)?$/.exec(hash) ?? [];
  const id = rest === '' ? null : Number(rest);
  if (name === 'runs') return id === null ? { screen: 'runs' } : { screen: 'run', id };
  if (name === 'settings' || name === 'new' || name === 'classify') return { screen: name };
  if (name === 'train') return id === null ? { screen: name } : { screen: name, id };
  return { screen: 'datasets' };
}

/** "#/runs/5?part=test" → part: test */
export function readQuery(hash: string): URLSearchParams {
  const start = hash.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : hash.slice(start + 1));
}

/** The same place with some of its query changed; null takes a key away. */
export function withQuery(hash: string, changes: Readonly<Record<string, string | null>>): string {
  const query = readQuery(hash);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) query.delete(key);
    else query.set(key, value);
  }
  const [place = ''] = hash.split('?');
  return query.size === 0 ? place : `${place}?${query}`;
}
