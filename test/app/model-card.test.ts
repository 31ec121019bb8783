/** Model cards: every figure is the release's, what is not recorded is said, and nothing that a person wrote becomes markup. */
import { describe, expect, test } from 'vitest';
import { cardHtml } from '../../src-main/app/releases/card/html.ts';
import { cardMarkdown } from '../../src-main/app/releases/card/markdown.ts';
import { modelCard } from '../../src-main/app/releases/card/model-card.ts';
import { releaseEvidence } from '../../src-main/app/releases/evidence.ts';
import type { RunRecord } from '../../src-main/contract/schema/run.ts';
import { markdownBlocks } from '../../src-renderer/lib/markdown-blocks.ts';
import { sampleRelease } from '../store/sample-release.ts';
import { sampleConfig, sampleReport } from '../store/samples.ts';

const file = {
  hash: 'a'.repeat(64),
  signature: { algorithm: 'Ed25519' as const, publicKey: 'key', fingerprint: 'b'.repeat(64) },
};

test('has the headings of Model Cards and the domains of CLEAR Derm, in their order, in both forms', () => {
  const markdown = cardMarkdown(sampleRelease(), file);
  const headings = [
    'Model details',
    'Intended use',
    'Factors',
    'Metrics',
    'Evaluation data',
    'Training data',
    'Quantitative analyses',
    'Ethical considerations',
    'Caveats and recommendations',
    'CLEAR Derm',
  ];
  expect([...markdown.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(headings);
  const html = cardHtml(sampleRelease(), file);
  expect([...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading)).toEqual(headings);
  for (const domain of ['Data', 'Technique', 'Technical assessment', 'Application']) {
    expect(markdown).toContain(`### ${domain}\n`);
    expect(html).toContain(`<h3>${domain}</h3>`);
  }
});

test('answers all 25 items of CLEAR Derm, those that no run knows with "Not recorded"', () => {
  const { sections } = modelCard(sampleRelease(), null);
  const domains = sections.slice(sections.findIndex(({ heading }) => heading === 'CLEAR Derm') + 1);
  const items = domains.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'table' ? block.rows : [])),
  );
  expect(items).toHaveLength(25);
  expect(items.every(([, answer]) => answer !== undefined && answer.length > 0)).toBe(true);
  const notRecorded = items.filter(([, answer]) => answer === 'Not recorded.').map(([item]) => item);
  expect(notRecorded).toEqual(
    expect.arrayContaining(['Artefacts in the images', 'How images were taken', 'Images of several makers']),
  );
});

test('words the figures as the release has them', () => {
  const markdown = cardMarkdown(sampleRelease(), file);
  for (const words of [
    'Level 0.9: on test, the true class was in its set in 73 of 80 lesions, share 0.910 (0.810–0.960), 1.40 classes on average.',
    '| Melanoma (mel) | marginal | 5 | 21 of 23 lesions | 0.913 (0.813–0.963) |',
    '| Melanocytic nevi (nv) | class-conditional | 35 | 52 of 57 lesions | 0.912 (0.812–0.962) |',
    '| melanoma (mel) | 0.900 | 0.1234 | 0.870 (0.770–0.920) | 0.630 (0.530–0.680) | 23 positive, 57 negative |',
    '| with temperature 1.250 | 0.070 | 0.290 | 0.550 |',
    'The limit, 12.500, lets 0.990 of lesions like those of the calibration part pass.',
    '| test | 10 | 5 | 0.700 |',
    `| SHA-256 of the file | ${'a'.repeat(64)} |`,
    `Ed25519, fingerprint ${'b'.repeat(64)}`,
    'For mel the calibration part had too few lesions for a threshold of its own',
    'all images of a lesion are in one part',
  ]) {
    expect(markdown.replaceAll('\\', '')).toContain(words);
  }
  expect(cardMarkdown(sampleRelease())).not.toContain('fingerprint');
});

describe('says what the data does not tell', () => {
  test.each([
    ['HAM10000', 'ham10000', 'Skin type is not recorded in the data (HAM10000)'],
    [
      'a folder for each class',
      'folder-per-class',
      'Skin type is not recorded in the data (layout folder-per-class)',
    ],
  ])('%s', (_name, layout, words) => {
    const { evidence } = sampleRelease();
    const release = sampleRelease({ evidence: { ...evidence, dataset: { ...evidence.dataset, layout } } });
    const card = cardMarkdown(release).replaceAll('\\', '');
    expect(card).toContain(words);
    expect(card).toContain('Healthy skin is not one of the classes');
    expect(card).toContain('relative to the case mix of the training data');
    expect(card).toContain('Not a medical device');
    expect(card.includes('Dermatoscope pictures')).toBe(layout === 'ham10000');
  });

  test('drawn images, a class for healthy skin, non-commercial use', () => {
    const { evidence, classes } = sampleRelease();
    const card = cardHtml(
      sampleRelease({
        classes: [...classes.slice(0, 1), { code: 'none', name: 'Healthy skin', malignant: false }],
        isNonCommercial: true,
        licence: 'CC BY-NC 4.0',
        evidence: { ...evidence, dataset: { ...evidence.dataset, synthetic: true } },
      }),
    );
    expect(card).toContain('drawn images, not on photographs');
    expect(card).toContain('The list of classes has one for healthy skin: Healthy skin.');
    expect(card).toContain('Non-commercial use only (licence: CC BY-NC 4.0).');
  });
});

test('what a person wrote stays text, and the page has no script', () => {
  const release = sampleRelease({
    intendedUse: '<script>alert(1)</script> **bold** | [link](https://example.org)\n# heading',
    name: '<img src=x onerror=alert(1)>',
  });
  const html = cardHtml(release);
  expect(html).not.toMatch(/<script|<img|<a /);
  expect(html).toContain('&lt;script&gt;');
  expect(html).toContain("default-src 'none'");
  const markdown = cardMarkdown(release);
  expect(markdown).toContain(
    '\\<script\\>alert(1)\\</script\\> \\*\\*bold\\*\\* \\| \\[link\\](https://example.org)',
  );
  expect(markdown).not.toMatch(/^# heading/m);
});

test('a window shows the words as a person wrote them', () => {
  const intendedUse = 'For *teaching* | ~~care~~, <none> of [it]_, `at` 1) home #2.';
  const shown = markdownBlocks(cardMarkdown(sampleRelease({ intendedUse }))).flatMap((block) =>
    block.kind === 'paragraph' ? [block.spans.map(({ text }) => text).join('')] : [],
  );
  expect(shown).toContain(intendedUse);
});

test('the evidence names files and no folder of theirs', () => {
  const run = {
    config: sampleConfig({
      modelFile: '/home/somebody/nets/own.json',
      splitFile: 'C:\\Users\\somebody\\split.csv',
    }),
    environment: null,
    datasetHash: 'd'.repeat(64),
    warnings: [
      'The file /home/somebody/split.csv names no calibration part.',
      'C:\\Users\\somebody\\a.csv: 3/4 of it.',
    ],
    epochsDone: 3,
    bestEpoch: 2,
    endedAt: '2026-03-01T10:00:00.000Z',
    createdAt: '2026-03-01T09:00:00.000Z',
  } as unknown as RunRecord;
  const dataset = { name: 'sample', layout: 'ham10000', imageCount: 10, synthetic: false } as never;
  const report = sampleReport({ test: 0.7, validation: 0.6 });
  const evidence = releaseEvidence({ run, dataset, report, splitHash: 'f'.repeat(64) });
  expect(evidence.settings).toMatchObject({ modelFile: 'own.json', splitFile: 'split.csv', model: 'cnn1' });
  expect(evidence.warnings).toEqual(['The file split.csv names no calibration part.', 'a.csv: 3/4 of it.']);
  expect(JSON.stringify(evidence)).not.toContain('somebody');
  expect(evidence.test?.balancedAccuracy.value).toBe(0.7);
});
