/** The picture and, over it, the heat map of the most probable class, as figures of a report. Runs in the host. */
import { byProbability, nameInSentence } from '../../contract/answer-words.ts';
import type { ClinicalAnswer, HeatMap } from '../../contract/schema/clinical-answer.ts';
import { heatPixels, isBlank } from '../../numerics/heat-map.ts';
import { fraction } from '../report-html/figures.ts';
import { type Html, html } from '../report-html/html.ts';
import { encodePng } from './png.ts';

export interface ReportPicture {
  readonly mediaType: string;
  readonly content: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Of the enlarged map: smooth on paper, a few kilobytes in the file. */
const LONG_SIDE_PX = 224;
const OPACITY = 0.55;
const ID = 'picture';

export function pictureFigure({ mediaType, content, widthPx, heightPx }: ReportPicture): Html {
  const address = `data:${mediaType};base64,${Buffer.from(content).toString('base64')}`;
  return html`<figure><svg viewBox="0 0 ${widthPx} ${heightPx}" role="img" aria-label="The picture"><image id="${ID}" href="${address}" width="${widthPx}" height="${heightPx}"/></svg>
<figcaption>The picture, ${widthPx} × ${heightPx} px</figcaption></figure>`;
}

export function heatFigure({
  picture: { widthPx, heightPx },
  answer,
}: {
  readonly picture: ReportPicture;
  readonly answer: ClinicalAnswer;
}): Html {
  const index = byProbability(answer)[0]!;
  const name = nameInSentence(answer.classes[index]!);
  const map = answer.heatMaps?.[index];
  if (answer.isWithheld) return absent('No heat map: there is no answer to explain.');
  if (!map) return absent('This kind of network gives no heat map.');
  if (isBlank(map)) return absent(`Nothing in this picture raises the score for ${name}.`);
  return html`<figure><svg viewBox="0 0 ${widthPx} ${heightPx}" role="img" aria-label="Heat map for ${name}"><use href="#${ID}"/><image href="${heatAddress(map)}" width="${widthPx}" height="${heightPx}" preserveAspectRatio="none" opacity="${OPACITY}"/></svg>
<figcaption>Grad-CAM for ${name} (${fraction(answer.probabilities[index])}): the yellower, the more this part raised its score. No outline of a lesion.</figcaption></figure>`;
}

function heatAddress(map: HeatMap): string {
  const scale = LONG_SIDE_PX / Math.max(map.width, map.height);
  const size = {
    width: Math.max(1, Math.round(map.width * scale)),
    height: Math.max(1, Math.round(map.height * scale)),
  };
  const png = encodePng(heatPixels(map, size.width, size.height), size);
  return `data:image/png;base64,${png.toString('base64')}`;
}

function absent(why: string): Html {
  return html`<figure><div class="absent"><p class="secondary">${why}</p></div><figcaption>Heat map</figcaption></figure>`;
}
