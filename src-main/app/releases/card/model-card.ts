/**
 * A model card as data, which html.ts and markdown.ts write. Pure. Sections have the headings of Model Cards (Mitchell et al., "Model
 * cards for model reporting", FAT* 2019), then the four domains of CLEAR Derm (Daneshjou et al., JAMA Dermatology 2022;158(1):90-96).
 * Guarantee: every figure stands in the release; what no run of Lesion Lab knows is said to be not recorded.
 */
import { licenceWords } from '../../../contract/answer-words.ts';
import type { Release } from '../../../contract/schema/release.ts';
import { type CardBlock, type KnownFile, text } from './blocks.ts';
import { clearDerm } from './clear-derm.ts';
import { quantitativeAnalyses } from './quantitative.ts';
import {
  caveats,
  ethicalConsiderations,
  evaluationData,
  factors,
  intendedUse,
  metrics,
  modelDetails,
  trainingData,
} from './sections.ts';

export interface CardSection {
  readonly heading: string;
  readonly level: 2 | 3;
  readonly blocks: readonly CardBlock[];
}

export interface ModelCard {
  readonly title: string;
  /** One line each, below the title. */
  readonly notices: readonly string[];
  readonly sections: readonly CardSection[];
  readonly footer: string;
}

export function modelCard(release: Release, file: KnownFile | null): ModelCard {
  const section = (heading: string, blocks: readonly CardBlock[], level: 2 | 3 = 2): CardSection => ({
    heading,
    level,
    blocks,
  });
  return {
    title: `Model card: ${release.name} ${release.version}`,
    notices: notices(release),
    sections: [
      section('Model details', modelDetails(release, file)),
      section('Intended use', intendedUse(release)),
      section('Factors', factors(release)),
      section('Metrics', metrics(release)),
      section('Evaluation data', evaluationData(release)),
      section('Training data', trainingData(release)),
      section('Quantitative analyses', []),
      ...quantitativeAnalyses(release).map(({ heading, blocks }) => section(heading, blocks, 3)),
      section('Ethical considerations', ethicalConsiderations(release)),
      section('Caveats and recommendations', caveats(release)),
      section('CLEAR Derm', [
        text(
          'The items of the checklist for reports of image-based artificial intelligence in dermatology, as far as a run knows them.',
        ),
      ]),
      ...clearDerm(release).map(({ heading, blocks }) => section(heading, blocks, 3)),
    ],
    footer: `Written by Lesion Lab ${release.appVersion} from the run itself; no figure was entered by hand. Model Cards: Mitchell et al. 2019. CLEAR Derm: Daneshjou et al. 2022.`,
  };
}

function notices(release: Release): string[] {
  const excluded = licenceWords(release);
  return [
    'For research and teaching only. Not a medical device, and never the sole basis of a decision about a patient.',
    ...(excluded === null ? [] : [excluded]),
    ...(release.evidence.dataset.synthetic
      ? ['Trained and tested on drawn images, not on photographs: it knows nothing about skin.']
      : []),
  ];
}
