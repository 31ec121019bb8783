/** Screens and their addresses, after the #; what a screen remembers of itself stands behind a question mark. Pure. */

export type Place =
  | { readonly screen: 'datasets' | 'train' | 'runs' | 'classify' | 'settings' }
  | { readonly screen: 'train' | 'run' | 'classify'; readonly id: number };

/** "#/runs/5" → the report of run 5; anything unknown → the datasets. */
export function readPlace(hash: string): Place {
  const [, name = '', rest = ''] = /^#\/(\w+)(?:\/(\d+))?(?:\?.*)?$/.exec(hash) ?? [];
  const id = rest === '' ? null : Number(rest);
  if (name === 'runs') return id === null ? { screen: 'runs' } : { screen: 'run', id };
  if (name === 'settings') return { screen: name };
  if (name === 'train' || name === 'classify') return id === null ? { screen: name } : { screen: name, id };
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
