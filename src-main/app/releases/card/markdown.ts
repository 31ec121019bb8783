/** A model card as Markdown (CommonMark with tables). Pure. What a person wrote stays text: no markup, link or HTML comes of it. */
import type { Release } from '../../../contract/schema/release.ts';
import type { CardBlock, KnownFile } from './blocks.ts';
import { modelCard } from './model-card.ts';

/** @param file left out before there is one */
export function cardMarkdown(release: Release, file: KnownFile | null = null): string {
  const { title, notices, sections, footer } = modelCard(release, file);
  const parts = [
    `# ${escapeText(title)}`,
    ...notices.map((notice) => `**${escapeText(notice)}**`),
    ...sections.flatMap(({ heading, level, blocks }) => [
      `${'#'.repeat(level)} ${escapeText(heading)}`,
      ...blocks.map(blockText),
    ]),
    '---',
    escapeText(footer),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Markdown has no table without a head. */
const TERMS = ['item', 'what is known'];

function blockText(block: CardBlock): string {
  switch (block.kind) {
    case 'text':
      return escapeText(block.text);
    case 'list':
      return block.items.map((item) => `- ${oneLine(item)}`).join('\n');
    case 'table': {
      const head = block.head.length > 0 ? block.head : TERMS;
      const row = (cells: readonly string[]) => `| ${cells.map(oneLine).join(' | ')} |`;
      const lines = [row(head), `|${head.map(() => ' --- |').join('')}`, ...block.rows.map(row)];
      return `${escapeText(block.caption)}:\n\n${lines.join('\n')}`;
    }
  }
}

function oneLine(text: string): string {
  return escapeText(text).replace(/\s+/g, ' ');
}

/** Backslashes before what would be markup; a line that begins like a heading or a list is none. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_[\]<>|#~]/g, '\\$&').replace(/^(\s*)([-+=]|\d+[.)])(?=\s|$)/gm, '$1\\$2');
}
