import { describe, expect, test } from 'vitest';
import { RESEARCH_USE, reportHtml } from '../../src-main/app/report-html/page.ts';
import golden from '../golden/numerics/report.json' with { type: 'json' };
import { sampleConfig } from '../store/samples.ts';
import { sampleDataset, sampleDocument, sampleRun } from './report-document.ts';

const three = (value: number) => value.toFixed(3);
/** Text of the page as a reader sees it, without markup. */
const wordsOf = (page: string) => page.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ');
/** From the heading of a part to the next heading of that rank. */
const sectionOf = (page: string, id: string) => page.split(`<h2 id="${id}">`)[1]!.split('<h2')[0]!;

describe('the saved report', () => {
  const page = reportHtml(sampleDocument());

  test('needs nothing but itself: no script, no address, no picture', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:|\son\w+=/i);
    expect(page).toContain("default-src 'none'");
  });

  test('says what it may be used for, and with how many images each figure was made', () => {
    expect(page.split(RESEARCH_USE)).toHaveLength(3);
    for (const { part, images, lesions } of sampleDocument().report.parts) {
      expect(wordsOf(sectionOf(page, `part-${part}`))).toContain(
        `n = ${images} images of ${lesions} lesions`,
      );
    }
  });

  test('carries the figures that scikit-learn gives for these predictions', () => {
    const words = wordsOf(sectionOf(page, 'part-test'));
    for (const value of [golden.accuracy, golden.balancedAccuracy, golden.brier, golden.macro.rocAuc]) {
      expect(words).toContain(three(value));
    }
    for (const auc of golden.perClass.rocAuc) expect(words).toContain(`AUC ${three(auc)}`);
    const cells = [...sectionOf(page, 'part-test').matchAll(/<td style="--share:[\d.]+"><b>(\d+)<\/b>/g)];
    expect(cells.map(([, count]) => Number(count))).toEqual(golden.confusion.flat());
  });

  test('writes the interval of each figure beside it', () => {
    const words = wordsOf(sectionOf(page, 'part-test')).replace(/\s+/g, ' ');
    const { intervals, macro, perClass } = sampleDocument().report.parts.find(({ part }) => part === 'test')!;
    const written = ([low, high]: readonly number[]) => `(${three(low!)}–${three(high!)})`;
    expect(words).toContain(`F1, mean of classes ${three(macro.f1!)} ${written(intervals!.macro.f1!)}`);
    expect(words).toContain(`${three(perClass[1]!.rocAuc!)} ${written(intervals!.perClass[1]!.rocAuc!)}`);
    expect(words).toContain(`${written(intervals!.melanomaSensitivity[1]!)} at specificity 0.90`);
  });

  test('draws a curve for each class that has images, and one for malignant against benign', () => {
    const charts = sectionOf(page, 'part-test').split('<svg').slice(1);
    const lines = charts.map((chart) => chart.split('class="line').length - 1);
    expect(lines).toEqual([5, 5, 1]);
    expect(charts[0]).toContain('d="M48.0 260.0');
  });

  test('lists the surest mistakes and the subgroups of the test part alone', () => {
    expect(wordsOf(sectionOf(page, 'part-test'))).toMatch(/surest of \d+ mistakes/);
    expect(wordsOf(sectionOf(page, 'part-test'))).toContain('Sex: female');
    expect(wordsOf(sectionOf(page, 'part-validation'))).not.toContain('Sex: female');
  });

  test('says where predictions were not kept', () => {
    expect(wordsOf(sectionOf(page, 'part-train'))).toContain('predictions of this part were not kept');
  });
});

test('texts of people cannot become markup', () => {
  const name = '<img src=x onerror=alert(1)> & "quoted"';
  const page = reportHtml(
    sampleDocument({
      run: sampleRun({ name, warnings: ["<script>alert('1')</script>"] }),
      dataset: sampleDataset({ name: '<b>set</b>' }),
    }),
  );
  expect(page).not.toMatch(/<img|<script|<b>set/);
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;');
});

test('images that are not in the figures are told with their classes or their number', () => {
  const document = sampleDocument();
  const leftOut = { unknownClasses: [{ code: 'scc', images: 3 }], unreadable: ['LOST_1', 'LOST_2'] };
  expect(wordsOf(reportHtml(document))).not.toContain('Left out');
  const words = wordsOf(reportHtml({ ...document, report: { ...document.report, leftOut } }));
  expect(words).toContain('does not know their class: 3 images (scc 3)');
  expect(words).toContain('cannot be read or have changed since the import: 2 images');
});

test('warnings, drawn images and another test set are told', () => {
  const words = wordsOf(
    reportHtml(
      sampleDocument({
        run: sampleRun({ warnings: ['Split by image: lesions straddle parts.'] }),
        dataset: sampleDataset({ synthetic: true }),
        testedOn: sampleDataset({ name: 'other clinic', imageCount: 80 }),
      }),
    ),
  );
  expect(words).toContain('Split by image: lesions straddle parts.');
  expect(words).toContain('drawn images, not photographs');
  expect(words).toContain('Tested here on another set: other clinic, 80 images');
});

test('only settings that differ are shown first, all are there', () => {
  const page = reportHtml(
    sampleDocument({ run: sampleRun({ config: sampleConfig({ learningRate: 0.25 }) }) }),
  );
  const [first, all] = sectionOf(page, 'settings').split('<details>') as [string, string];
  expect(wordsOf(first)).toMatch(/learningRate\s+0\.25\s+0\.0001/);
  expect(first).not.toContain('batchSize');
  expect(all).toContain('batchSize');
});

test('a class without images has a dash, not a zero', () => {
  const document = sampleDocument();
  const part = document.report.parts[1]!;
  expect(part.perClass.some(({ support }) => support === 0)).toBe(true);
  const row = sectionOf(reportHtml(document), 'part-validation').split(
    '<b title="Dermatofibroma">df</b>',
  )[2]!;
  expect(wordsOf(row.split('</tr>')[0]!)).toContain('–');
});
