/**
 * Where on the screen of the datasets a person is: which dataset, which tab, which filter, which image. Pure. All of it is in
 * the address, so that it survives a reload and can be gone back to: "#/datasets/3/images?class=mel,bcc&part=test&of=run-7".
 */
export const DATASET_TABS = ['overview', 'images', 'problems', 'duplicates', 'classes'] as const;
export type DatasetTab = (typeof DATASET_TABS)[number];

export interface DatasetsPlace {
  /** Null: the list of the datasets. */
  readonly id: number | null;
  readonly tab: DatasetTab;
  /** What the tab remembers: filters, the image that is shown large. In the order in which they were set. */
  readonly options: Readonly<Record<string, string>>;
}

const START: DatasetsPlace = { id: null, tab: 'overview', options: {} };

/** Anything unknown is the list. */
export function readDatasetsPlace(hash: string): DatasetsPlace {
  const [, id, tab, query = ''] = /^#\/datasets\/(\d+)(?:\/(\w+))?(?:\?(.*))?$/.exec(hash) ?? [];
  if (id === undefined) return START;
  const known = DATASET_TABS.find((name) => name === tab) ?? 'overview';
  return { id: Number(id), tab: known, options: Object.fromEntries(new URLSearchParams(query)) };
}

/** Options without a value are left out. */
export function datasetsAddress({ id, tab, options }: DatasetsPlace): `#/${string}` {
  if (id === null) return '#/datasets';
  const query = new URLSearchParams(Object.entries(options).filter(([, value]) => value !== '')).toString();
  return `#/datasets/${id}/${tab}${query ? `?${query}` : ''}`;
}
