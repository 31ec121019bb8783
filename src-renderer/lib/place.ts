/** Screens and their addresses, after the #. Pure. */

export type Place =
  | { readonly screen: 'datasets' | 'train' | 'runs' | 'classify' }
  | { readonly screen: 'train' | 'run' | 'classify'; readonly id: number };

/** "#/runs/5" → the report of run 5; anything unknown → the datasets. */
export function readPlace(hash: string): Place {
  const [, name = '', rest = ''] = /^#\/(\w+)(?:\/(\d+))?$/.exec(hash) ?? [];
  const id = rest === '' ? null : Number(rest);
  if (name === 'runs') return id === null ? { screen: 'runs' } : { screen: 'run', id };
  if (name === 'train' || name === 'classify') return id === null ? { screen: name } : { screen: name, id };
  return { screen: 'datasets' };
}
