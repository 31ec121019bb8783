/**
 * A gallery's facets (class, sex, age band, site, way of diagnosis, part of a split) and what a choice among them shows. Pure.
 * Within a facet any chosen option will do, between facets all must hold; beside each option stands how many images it has
 * under the choices of the OTHER facets. One pass over the images, so that 80,000 are filtered within a blink.
 */
import {
  type ClassInfo,
  type DatasetGallery,
  SPLIT_PARTS,
  type Split,
  type WordColumn,
} from '../../src-main/contract/schema/dataset.ts';

export const FACET_KEYS = ['class', 'sex', 'age', 'site', 'type', 'part'] as const;
export type FacetKey = (typeof FACET_KEYS)[number];

export interface Facet {
  readonly key: FacetKey;
  readonly title: string;
  /** `value` stands in the address, `label` on the screen. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** For each image the index of its option. */
  readonly indices: ArrayLike<number>;
}

/** Chosen values of each facet; a facet without any lets all through. */
export type Choice = Partial<Record<FacetKey, readonly string[]>>;

export interface Sifted {
  /** Positions of the images that are shown, in the order of the gallery. */
  readonly shown: number[];
  /** Of each facet, images of each option under the other facets' choices. */
  readonly counts: Readonly<Partial<Record<FacetKey, readonly number[]>>>;
}
const LEFT_OUT = { value: 'none', label: 'left out' };
const NOT_GIVEN = { value: '-', label: 'not given' };
const AGE_BANDS = ['0–19', '20–39', '40–59', '60–79', '80+'];
const BAND_YEARS = 20;

/** Facets that tell images of this dataset apart, in the order in which they are shown. @param split null: none is chosen */
export function facetsOf(
  classes: readonly ClassInfo[],
  gallery: DatasetGallery,
  split: Split | null,
): Facet[] {
  const facets = [
    classFacet(classes, gallery),
    wordFacet('sex', 'Sex', gallery.sexes),
    ageFacet(gallery),
    wordFacet('site', 'Site', gallery.sites),
    wordFacet('type', 'Diagnosed by', gallery.dxTypes),
    ...(split ? [partFacet(gallery, split)] : []),
  ];
  return facets.filter(({ options }) => options.length > 1);
}

/** @param search part of an image id or lesion id, in any case; empty: all */
export function sift(
  gallery: Pick<DatasetGallery, 'imageIds' | 'lesionIds'>,
  facets: readonly Facet[],
  choice: Choice,
  search: string,
): Sifted {
  const counts = facets.map(({ options }) => options.map(() => 0));
  const chosen = facets.map(({ key, options }) => {
    const values = choice[key] ?? [];
    return values.length === 0 ? null : options.map(({ value }) => values.includes(value));
  });
  const wanted = search.trim().toLowerCase();
  const shown: number[] = [];
  gallery.imageIds.forEach((imageId, position) => {
    const isNamed =
      imageId.toLowerCase().includes(wanted) || gallery.lesionIds[position]!.toLowerCase().includes(wanted);
    if (!isNamed) return;
    const failing = failingFacets(facets, chosen, position);
    if (failing.length === 0) shown.push(position);
    if (failing.length > 1) return;
    facets.forEach(({ indices }, place) => {
      if (failing.length === 0 || failing[0] === place) counts[place]![indices[position]!]! += 1;
    });
  });
  return { shown, counts: Object.fromEntries(facets.map(({ key }, place) => [key, counts[place]!])) };
}

/** The first two suffice: of an image that two facets keep out, nothing is counted. */
function failingFacets(
  facets: readonly Facet[],
  chosen: readonly (readonly boolean[] | null)[],
  position: number,
): number[] {
  const failing: number[] = [];
  for (let place = 0; place < facets.length && failing.length < 2; place++) {
    if (chosen[place]?.[facets[place]!.indices[position]!] === false) failing.push(place);
  }
  return failing;
}

function classFacet(classes: readonly ClassInfo[], { classIndices }: DatasetGallery): Facet {
  const options = classes.map(({ code, name }) => ({ value: code, label: name }));
  return { key: 'class', title: 'Class', options, indices: classIndices };
}

/** Words in alphabetical order, the empty cell last. */
function wordFacet(key: FacetKey, title: string, { words, indices }: WordColumn): Facet {
  const sorted = words.toSorted();
  const hasEmpty = indices.includes(-1);
  const options = sorted.map((word) => ({ value: word, label: word }));
  const placeOf = words.map((word) => sorted.indexOf(word));
  return {
    key,
    title,
    options: hasEmpty ? [...options, NOT_GIVEN] : options,
    indices: indices.map((index) => placeOf[index] ?? sorted.length),
  };
}

function ageFacet({ agesYears }: DatasetGallery): Facet {
  const hasEmpty = agesYears.includes(null);
  const options = AGE_BANDS.map((label, band) => ({ value: String(band * BAND_YEARS), label }));
  const bandOf = (age: number | null) =>
    age === null ? AGE_BANDS.length : Math.min(AGE_BANDS.length - 1, Math.floor(age / BAND_YEARS));
  const isKnown = agesYears.some((age) => age !== null);
  return {
    key: 'age',
    title: 'Age',
    options: isKnown ? (hasEmpty ? [...options, NOT_GIVEN] : options) : [],
    indices: agesYears.map(bandOf),
  };
}

/** Images that cleaning left out of the split are in no part. */
function partFacet({ imageIds }: DatasetGallery, split: Split): Facet {
  const partOf = new Map(SPLIT_PARTS.flatMap((part, place) => split[part].map((id) => [id, place] as const)));
  const options = [
    ...SPLIT_PARTS.map((part) => ({ value: part as string, label: part as string })),
    LEFT_OUT,
  ];
  return {
    key: 'part',
    title: 'Part',
    options,
    indices: imageIds.map((id) => partOf.get(id) ?? SPLIT_PARTS.length),
  };
}
