/** A model card as one HTML file: read offline, without scripts, in the look of a run's report. Pure. */
import type { Release } from '../../../contract/schema/release.ts';
import { type Html, html } from '../../report-html/html.ts';
import { STYLE } from '../../report-html/style.ts';
import { table } from '../../report-html/tables.ts';
import type { CardBlock, KnownFile } from './blocks.ts';
import { type CardSection, modelCard } from './model-card.ts';

const CARD_STYLE =
  'table.terms td{text-align:left;overflow-wrap:anywhere}table.terms th{width:32%}p{max-width:75ch}';

/** @param file left out before there is one */
export function cardHtml(release: Release, file: KnownFile | null = null): string {
  const { title, notices, sections, footer } = modelCard(release, file);
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} · Lesion Lab</title><style>${{ html: STYLE + CARD_STYLE }}</style></head><body>
<header><h1>${title}</h1>${notices.map((notice) => html`<p class="use">${notice}</p>`)}</header>
<main>${sections.map(sectionHtml)}</main>
<footer class="secondary"><p>${footer}</p></footer>
</body></html>
`;
  return page.html;
}

function sectionHtml({ heading, level, blocks }: CardSection): Html {
  const title = level === 2 ? html`<h2>${heading}</h2>` : html`<h3>${heading}</h3>`;
  return html`${title}${blocks.map(blockHtml)}
`;
}

function blockHtml(block: CardBlock): Html {
  switch (block.kind) {
    case 'text':
      return html`<p>${block.text}</p>`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${item}</li>`)}</ul>`;
    case 'table':
      return block.head.length > 0
        ? html`<div class="scroll">${table(block.caption, block.head, block.rows)}</div>`
        : html`<table class="terms"><caption>${block.caption}</caption><tbody>${block.rows.map(
            ([term, meaning]) => html`<tr><th scope="row">${term ?? ''}</th><td>${meaning ?? ''}</td></tr>
`,
          )}</tbody></table>`;
  }
}
