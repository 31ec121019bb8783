import { describe, expect, it } from 'vitest';
import { bend, type GrowthRow, growthSection } from '../../bench/growth-table.ts';
import { withSection } from '../../bench/page.ts';

const sectionsOf = (page: string) =>
  new Map(page.split(/^## /m).map((text): [string, string] => [text.split('\n')[0]!, text]));

describe('the page of benchmarks', () => {
  it('begins with every section, and says how those that nobody measured are measured', () => {
    const sections = sectionsOf(withSection(null, 'Processor', 'table one', 'how it is done'));
    expect([...sections.keys()].slice(1)).toEqual([
      'Processor',
      'GPU',
      'PyTorch',
      'PyTorch on the GPU',
      'How cost grows',
      'Method',
    ]);
    expect(sections.get('Processor')).toContain('table one');
    expect(sections.get('GPU')).toMatch(/Not measured.*bench\/gpu\.sh/);
    expect(sections.get('How cost grows')).toMatch(/Not measured.*--growth/);
    expect(sections.get('Method')).toContain('how it is done');
  });

  it('keeps the other tables when one is measured, and takes the method as it is now', () => {
    const first = withSection(null, 'Processor', '| table | one |', 'old method');
    const second = withSection(first, 'GPU', '| table | two |', 'old method');
    const third = withSection(second, 'Processor', '| table | three |', 'new method');
    const sections = sectionsOf(third);
    expect(sections.get('Processor')).not.toContain('one');
    expect(sections.get('Processor')).toContain('| table | three |');
    expect(sections.get('GPU')).toBe(sectionsOf(second).get('GPU'));
    expect(sections.get('Method')).toContain('new method');
    expect(third).not.toContain('old method');
    expect(withSection(third, 'Processor', '| table | three |', 'new method')).toBe(third);
  });

  it('keeps a section that it does not know', () => {
    const page = `${withSection(null, 'GPU', 'a card', '')}\n## Levers\n\nwritten by hand\n`;
    expect(sectionsOf(withSection(page, 'Processor', 'table', '')).get('Levers')).toContain(
      'written by hand',
    );
  });
});

describe('how cost grows', () => {
  it('tells a straight line from a curve', () => {
    expect(bend([1, 2, 4, 8], [10, 12, 16, 24])).toBeCloseTo(0, 12);
    // numpy.polyfit([1, 2, 4, 8], [1, 4, 16, 64], 1): largest residual 7.5652, of 64
    expect(bend([1, 2, 4, 8], [1, 4, 16, 64])).toBeCloseTo(0.118207, 5);
    expect(() => bend([1], [1])).toThrow(RangeError);
  });

  it('shows each size, the ratio of the largest to the smallest, and why a line is not straight', () => {
    const row: GrowthRow = {
      name: 'import',
      base: '512 images',
      unit: 's',
      values: [1, 2, 4, 8],
      note: 'pairs',
    };
    const section = growthSection([row], ['a machine'], '2026-01-02', ['--growth']);
    expect(section).toContain('Run of 2026-01-02: `npm run bench -- --growth`');
    expect(section).toContain(
      '| import | 512 images | 1.00 | 2.00 | 4.00 | 8.00 | s | 8.0 | 0 %, straight | pairs |',
    );
  });
});
