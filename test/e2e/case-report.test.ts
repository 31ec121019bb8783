/**
 * The one-page report on paper: the fullest one that there can be, printed by Chromium on A4 and on Letter, is one page with everything
 * on it. Shown without scripts; looks as it prints.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ClinicalDocument, clinicalReportHtml } from '../../src-main/app/case-report/page.ts';
import { asSharp, drawnPixels } from '../dataset/pictures.ts';
import { clinicalAnswer, SEVEN_CLASSES, withheldAnswer } from '../support/kept-cases.ts';
import { pdfPages } from '../support/pdf-pages.ts';
import { threeClassRelease } from '../support/three-class-release.ts';
import { describeInBrowser } from './stage.ts';

const PAPERS = ['A4', 'Letter'] as const;
/** A person's own choice of margins in the dialog for printing: those of the page, and a browser's default. */
const MARGINS = ['0', '1cm'] as const;
/** Where to put what is printed, to be looked at; left out: nowhere. */
const SHOWN_IN = process.env.LESION_LAB_SHOW_REPORTS;

async function reportOf(
  overrides: Partial<ClinicalDocument> = {},
  [width, height] = [600, 450],
): Promise<string> {
  const content = await asSharp(drawnPixels(3, width, height, 'mel'), width, height)
    .jpeg()
    .toBuffer();
  return clinicalReportHtml({
    picture: { mediaType: 'image/jpeg', content, widthPx: width!, heightPx: height! },
    answer: clinicalAnswer('mel', 0.62),
    kept: {
      id: '7F4M-2XQW',
      takenOn: '2026-03-01',
      ageYears: 61,
      sex: 'male',
      site: 'back, left',
      diagnosis: { code: 'nv', text: '' },
      histology: null,
      notes: 'Changed within a year, says the patient.',
      patient: null,
    },
    release: threeClassRelease({
      limits: 'Skin type is not recorded in the data. Healthy skin is no class of it.',
    }),
    madeAt: '2026-03-05T10:00:00.000Z',
    version: '0.1.0',
    ...overrides,
  });
}

const words = (count: number) => Array.from({ length: count }, (_, index) => `finding${index}`).join(' ');
const long = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

/** All that can be long is as long as it may be. */
function fullest(): Partial<ClinicalDocument> {
  const classes = SEVEN_CLASSES.map((info) => ({
    ...info,
    malignant: true,
    name: `${info.name} ${long('of uncertain dignity and unusual appearance ', 90)}`,
  }));
  const base = clinicalAnswer('nv', 0.9);
  return {
    answer: {
      ...base,
      classes,
      model: {
        ...base.model,
        name: long('Dermatoscopy of seven classes ', 120),
        version: '1.0.0-candidate+build.20260301',
      },
      predictionSet: {
        level: 0.95,
        members: base.predictionSet.members.map((member, index) => ({
          ...member,
          isIncluded: index < 3,
          kind: 'marginal' as const,
        })),
      },
      operating: base.operating.map((one) => ({ ...one, isPositive: false })),
      warnings: Array.from({ length: 9 }, (_, index) => `Warning ${index + 1}: ${words(40)}`),
    },
    kept: {
      id: '7F4M-2XQW',
      takenOn: '2026-03-01',
      ageYears: 61.5,
      sex: 'female',
      site: long('lower extremity, left, above the ankle ', 120),
      diagnosis: { code: 'nv', text: words(60) },
      histology: { code: 'mel', text: words(60), reportedOn: '2026-03-20' },
      notes: Array.from({ length: 200 }, () => words(12)).join('\n'),
      patient: Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [`PatientField${index}`, words(30)]),
      ),
    },
    release: threeClassRelease({
      limits: long('Not measured on children, on nails, or on mucosa. ', 4000),
      isNonCommercial: true,
    }),
  };
}

describeInBrowser('a report on paper', 120_000, (stage) => {
  const CASES: readonly (readonly [string, () => Promise<string>])[] = [
    ['a usual one', () => reportOf()],
    ['the fullest one', () => reportOf(fullest())],
    ['the fullest one of a tall picture', () => reportOf(fullest(), [300, 900])],
    ['one without an answer', () => reportOf({ answer: withheldAnswer(), kept: null, release: null })],
  ];

  test.each(CASES)('%s is one page on A4 and on Letter, with nothing cut off', async (name, make) => {
    const page = await stage.browser.newPage();
    const html = await make();
    await page.setContent(html);
    for (const format of PAPERS) {
      for (const margin of MARGINS) {
        const margins = { top: margin, bottom: margin, left: margin, right: margin };
        const pdf = await page.pdf({ format, printBackground: true, margin: margins });
        expect([format, margin, pdfPages(pdf)]).toEqual([format, margin, 1]);
        if (SHOWN_IN && margin === '1cm') {
          mkdirSync(SHOWN_IN, { recursive: true });
          writeFileSync(join(SHOWN_IN, `${name}-${format}.pdf`), pdf);
        }
      }
    }
    if (SHOWN_IN) {
      await page.emulateMedia({ media: 'screen' });
      await page.setViewportSize({ width: 820, height: 1100 });
      await page.screenshot({ path: join(SHOWN_IN, `${name}.png`) });
    }
    await page.emulateMedia({ media: 'print' });
    const cut = await page.evaluate<string[]>(`(() => {
      const sheet = document.querySelector('.page').getBoundingClientRect();
      return [...document.querySelectorAll('.page, .page *')].filter((element) => {
        const { bottom, right, width, height } = element.getBoundingClientRect();
        const isOut = width > 0 && height > 0 && (bottom > sheet.bottom + 1 || right > sheet.right + 1);
        return isOut && !element.closest('td, th');
      }).map((element) => element.outerHTML.slice(0, 120));
    })()`);
    expect(cut).toEqual([]);
    const picture = await page.evaluate<number>(
      "document.querySelector('figure svg').getBoundingClientRect().height",
    );
    expect(picture).toBeGreaterThan(70);
    await page.close();
  });
});
