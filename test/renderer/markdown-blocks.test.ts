import { expect, test } from 'vitest';
import { markdownBlocks } from '../../src-renderer/lib/markdown-blocks.ts';

const text = (words: string) => [{ kind: 'text', text: words }];

test('a card becomes headings, paragraphs, lists and tables, with bold and code in them', () => {
  const blocks = markdownBlocks(
    '# Card\r\n\r\nTwo lines\nare **one** paragraph of `code`.\n\n## Data\n- first\n- a \\| b\n\n| class | n |\n|:---|---:|\n| melanoma | 434 |\n',
  );
  expect(blocks).toEqual([
    { kind: 'heading', level: 1, spans: text('Card') },
    {
      kind: 'paragraph',
      spans: [
        { kind: 'text', text: 'Two lines are ' },
        { kind: 'bold', text: 'one' },
        { kind: 'text', text: ' paragraph of ' },
        { kind: 'code', text: 'code' },
        { kind: 'text', text: '.' },
      ],
    },
    { kind: 'heading', level: 2, spans: text('Data') },
    { kind: 'list', items: [text('first'), text('a | b')] },
    { kind: 'table', head: [text('class'), text('n')], rows: [[text('melanoma'), text('434')]] },
  ]);
});

test('what looks like HTML stays text', () => {
  expect(markdownBlocks('<script>alert(1)</script>')).toEqual([
    { kind: 'paragraph', spans: text('<script>alert(1)</script>') },
  ]);
  expect(markdownBlocks('')).toEqual([]);
});
