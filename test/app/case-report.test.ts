/** The report on one page: what stands on it and what does not. Its look on paper: test/e2e/case-report.test.ts. */
import { readdirSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type ClinicalDocument, clinicalReportHtml } from '../../src-main/app/case-report/page.ts';
import { encodePng } from '../../src-main/app/case-report/png.ts';
import { shortened } from '../../src-main/app/case-report/shortened.ts';
import { type ReportMaker, reportOfCase, reportPdf } from '../../src-main/app/case-report.ts';
import { createPrivatePictures } from '../../src-main/app/private-pictures.ts';
import { details, LOW_COST, openStore, PASSPHRASE, samplePicture } from '../store/cases/samples.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { clinicalAnswer, keepCases, SEVEN_CLASSES, withheldAnswer } from '../support/kept-cases.ts';
import { threeClassRelease } from '../support/three-class-release.ts';
import { openApp } from './open-app.ts';

const PICTURE = { mediaType: 'image/png', content: Buffer.from('pixels'), widthPx: 600, heightPx: 450 };
const KEPT: ClinicalDocument['kept'] = {
  id: '7F4M-2XQW',
  takenOn: '2026-03-01',
  ageYears: 61,
  sex: 'male',
  site: 'back, left',
  diagnosis: { code: 'nv', text: 'Spitz <b>' },
  histology: { code: 'mel', text: 'in situ', reportedOn: '2026-03-20' },
  notes: null,
  patient: null,
};

const page = (overrides: Partial<ClinicalDocument> = {}) =>
  clinicalReportHtml({
    picture: PICTURE,
    answer: clinicalAnswer('mel', 0.62),
    kept: KEPT,
    release: threeClassRelease({ limits: 'Skin type is not recorded in the data.' }),
    madeAt: '2026-03-05T10:00:00.000Z',
    version: '0.1.0',
    ...overrides,
  });

/** As it is read. */
const textOf = (html: string) =>
  html
    .slice(html.indexOf('<main'))
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replace(/\s+/g, ' ');

describe('a report', () => {
  test('has answer, set, shares, checks, model and case on it, and what the set does not say', () => {
    const text = textOf(page());
    expect(text).toContain('Case 7F4M-2XQW, picture of 2026-03-01');
    expect(text).toContain('Age 61 years Sex male Site back, left');
    expect(text).toContain('Histology mel: in situ (2026-03-20)');
    expect(text).toContain('Not ruled out at the 90 % level: melanoma, melanocytic nevi');
    expect(text).toContain('mel Melanoma ▲ 0.620 in 202 of 222');
    expect(text).toContain('df Dermatofibroma 0.023 –* 22 of 24');
    expect(text).toContain('A class outside the set is not ruled out.');
    expect(text).toMatch(/Malignant share: 0\.\d{3} is at or above the operating point of 0\.214/);
    expect(text).toContain("not this patient's risk");
    expect(text).toMatch(/[Oo]utside.*basal cell carcinoma.*9 of 102 lesions/);
    expect(text).toContain('7 of 8 views');
    expect(text).toContain('Of 10, one a lesion: 7 melanoma, 3 melanocytic nevi');
    expect(text).toContain(`SHA-256 ${'3f2a'.repeat(16)}`);
    expect(text).toContain('Limits: Skin type is not recorded in the data.');
    expect(text).toMatch(/Balanced accuracy on test \(95 % interval\): /);
    expect(text).toMatch(/Research use only\. Not a medical device\. Never the sole basis of a decision\./);
    expect(text).toMatch(/Name Signature Date/);
  });

  test('escapes what people wrote, runs no script and fetches nothing', () => {
    const html = page({
      kept: { ...KEPT!, site: '<img src=x onerror=alert(1)>', notes: '</p><script>x</script>' },
    });
    expect(html).not.toMatch(/<script|<img|<b>"|javascript:/i);
    expect(html).toContain('Spitz &lt;b&gt;');
    expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    expect(html.match(/(?:href|src)="(?!data:image\/|#picture")/g)).toBeNull();
  });

  test('has the picture once, and the heat map of the most probable class over it', async () => {
    const html = page();
    expect(html.split(PICTURE.content.toString('base64'))).toHaveLength(2);
    const [, map] =
      /href="data:image\/png;base64,([^"]+)" width="600" height="450" preserveAspectRatio="none"/.exec(html)!;
    const { data, info } = await sharp(Buffer.from(map!, 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([224, 224, 3]);
    const pixel = (x: number, y: number) => [...data.subarray(3 * (y * 224 + x), 3 * (y * 224 + x) + 3)];
    // viridis: nothing is violet, much is yellow
    expect(pixel(0, 0)).toEqual([0x44, 0x01, 0x54]);
    expect(pixel(112, 112)[0]).toBeGreaterThan(150);
    expect(pixel(112, 112)[2]).toBeLessThan(100);
  });

  test('says why there is no heat map', () => {
    const answer = clinicalAnswer('mel', 0.62);
    expect(textOf(page({ answer: { ...answer, heatMaps: null } }))).toContain('gives no heat map');
    const blank = answer.heatMaps!.map((map) => ({ ...map, values: map.values.map(() => 0) }));
    expect(textOf(page({ answer: { ...answer, heatMaps: blank } }))).toContain(
      'Nothing in this picture raises the score for melanoma.',
    );
  });

  test('of a withheld answer gives no class, no probability, no share', () => {
    const text = textOf(page({ answer: withheldAnswer() }));
    expect(text).toContain('No answer: this does not look like a close-up of skin');
    expect(text).toContain('No diagnosis, no set and no share is given');
    expect(text).not.toMatch(/Melanocytic nevi|0\.600|Malignant share/);
    expect(text).toContain('No heat map: there is no answer to explain.');
  });

  test('has every warning on it', () => {
    const warnings = ['The picture is blurred.', 'Hair covers much of it.'];
    const text = textOf(page({ answer: clinicalAnswer('nv', 0.8, { warnings }) }));
    for (const warning of warnings) expect(text).toContain(warning);
  });

  test('says what a share below its point does not say', () => {
    const answer = clinicalAnswer('nv', 0.97);
    expect(textOf(page({ answer }))).toMatch(/below the operating point .* Below the point is no all-clear/);
  });

  test('says that nothing is known of a model that is not here any more', () => {
    const text = textOf(page({ release: null }));
    expect(text).toContain('HAM10000 by lesion 1.0.0');
    expect(text).toContain('is not installed here any more');
  });

  test('of a picture that is not kept names no case', () => {
    const text = textOf(page({ kept: null }));
    expect(text).toContain('Picture that is not kept');
    expect(text).not.toMatch(/Age|Notes/);
  });

  test('names the most probable of many classes, and the others together', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      code: `c${index}`,
      name: `Class ${index}`,
      malignant: null,
    }));
    const seven = clinicalAnswer('nv', 0.8);
    const text = textOf(
      page({
        answer: {
          ...seven,
          classes: many,
          probabilities: many.map(() => 1 / 20),
          predictionSet: {
            level: 0.9,
            members: many.map(() => ({ isIncluded: true, kind: 'marginal' as const, onTest: null })),
          },
          operating: [],
          agreement: null,
          similarByClass: null,
          heatMaps: null,
        },
      }),
    );
    expect(text).toContain('c11 Class 11');
    expect(text).not.toContain('c12 Class 12');
    expect(text).toContain('8 more classes together 0.400; in the set: c12, c13');
  });
});

describe('a text that is too long', () => {
  test('is cut at a word, and says so and where the rest is', () => {
    expect(shortened(' short ', 10)).toBe('short');
    expect(shortened('one two three four', 12, 'see the case')).toBe('one two … (shortened; see the case)');
    expect(shortened('x'.repeat(30), 10)).toBe(`${'x'.repeat(10)} … (shortened)`);
  });

  test('of notes is cut by lines too', () => {
    const notes = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
    const text = textOf(page({ kept: { ...KEPT!, notes } }));
    expect(text).toContain('line 6 … (shortened; the case has all of it)');
    expect(text).not.toContain('line 7');
  });
});

test('pixels come back from a PNG as they were', async () => {
  const rgba = Uint8ClampedArray.from({ length: 5 * 3 * 4 }, (_, index) => (index * 37) % 256);
  const { data, info } = await sharp(encodePng(rgba, { width: 5, height: 3 }))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([5, 3, 3]);
  expect([...data]).toEqual([...rgba].filter((_, index) => index % 4 !== 3));
});

describe('a report that is held', () => {
  const maker = (printToPdf?: ReportMaker['services']['printToPdf']): ReportMaker => ({
    services: { version: '0.1.0', findRelease: async () => null, printToPdf },
    pictures: createPrivatePictures(),
    now: () => new Date('2026-03-05T10:00:00Z'),
  });
  const keptRecord = () => {
    const { store } = openStore();
    return store.keep(
      details({ notes: 'SECRET-NOTE', patient: { PatientName: 'SECRET-NAME' } }),
      samplePicture(),
    );
  };
  const asked = (record: ReturnType<typeof keptRecord>, imageId = record.images[0]!.imageId) => ({
    record,
    imageId,
    content: Buffer.from('pixels'),
  });

  test('has notes and patient fields only when they are asked for', async () => {
    const made = maker();
    const record = keptRecord();
    const read = async (withNotes: boolean, withPatientFields: boolean) => {
      const { asset } = await reportOfCase(made, asked(record), { withNotes, withPatientFields });
      return made.pictures.read(asset).toString();
    };
    expect(await read(false, false)).not.toMatch(/SECRET/);
    expect(await read(true, false)).toMatch(/SECRET-NOTE/);
    expect(await read(false, true)).toMatch(/SECRET-NAME/);
  });

  test('calls patient fields by words, and leaves none out without saying so', () => {
    const fields = {
      PatientName: 'Änne Müller',
      PatientID: 'PX-1',
      PatientBirthDate: '1960-02-29',
      PatientSex: 'female',
      PatientAge: '64 years',
      StudyDate: '2024-03-01',
      BodyPartExamined: 'BACK',
    };
    const who = (patient: Record<string, string>) => textOf(page({ kept: { ...KEPT, patient } }));
    const text = who(fields);
    expect(text).toMatch(
      /Name Änne Müller .*Date of birth 1960-02-29 .*Date of study 2024-03-01 .*Body site BACK/,
    );
    expect(text).not.toMatch(/Patient(Name|ID|BirthDate)|left out/);
    expect(who({ ...fields, Ward: '4' })).toContain('Patient fields left out 1');
  });

  test('is named by its case, and a picture that is not there is named', async () => {
    const record = keptRecord();
    const { name } = await reportOfCase(maker(), asked(record), {
      withNotes: false,
      withPatientFields: false,
    });
    expect(name).toBe(`lesion-lab-report-${record.id}-2026-03-01`);
    const missing = reportOfCase(maker(), asked(record, 99), { withNotes: false, withPatientFields: false });
    await expect(missing).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('99'),
    });
  });

  test('is let go when others come, when its case is deleted and when the store is locked', async () => {
    const { pictures } = maker();
    const ids = ['1', '2', '3', '4', '5'].map((text) => pictures.holdPage(text));
    expect(() => pictures.read(ids[0]!)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(pictures.read(ids[4]!).toString()).toBe('5');
    pictures.forgetPages();
    expect(() => pictures.read(ids[4]!)).toThrow(/no picture|not-found|any more/);
    const last = pictures.holdPage('6');
    pictures.clear();
    expect(() => pictures.read(last)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  test('becomes a PDF where the host can make one, and says what to do where it cannot', async () => {
    const asset = (pictures: ReportMaker['pictures']) => pictures.holdPage('<p>');
    const browser = maker();
    const asked = { name: 'report', paper: 'a4' } as const;
    await expect(reportPdf(browser, { ...asked, asset: asset(browser.pictures) })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Save as PDF'),
    });
    const printed: unknown[] = [];
    const desktop = maker(async (...given) => {
      printed.push(given);
      return Buffer.from('%PDF-1.4');
    });
    const held = asset(desktop.pictures);
    const file = await reportPdf(desktop, { ...asked, asset: held });
    expect(file).toMatchObject({ name: 'report.pdf', mediaType: 'application/pdf', path: null, bytes: 8 });
    expect(Buffer.from(file.content!, 'base64').toString()).toBe('%PDF-1.4');
    expect(printed).toEqual([[held, 'a4']]);
    await expect(reportPdf(desktop, { ...asked, asset: 'page:gone' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('a report that a window asks for', () => {
  test('is of the picture that was asked for, told to the audit list, and no file', async () => {
    const dataFolder = temporaryFolder();
    const [, id] = await keepCases(dataFolder);
    const { app, client } = openApp(dataFolder);
    const { images } = await client.call('case.get', { id: id! });
    const before = readdirSync(dataFolder, { recursive: true }).length;
    const report = await client.call('case.report', {
      id: id!,
      imageId: images[1]!.imageId,
      withNotes: true,
    });
    expect(report.name).toBe(`lesion-lab-report-${id}-2026-04-20`);
    const html = app.assets.privately.read(report.asset).toString();
    expect(textOf(html)).toContain(`Case ${id}, picture of 2026-04-20`);
    expect(html).toContain('Irregular border, two colours.');
    expect(html).toContain(app.assets.privately.read(images[1]!.asset).toString('base64'));
    expect(readdirSync(dataFolder, { recursive: true }).length).toBe(before);
    const { entries } = await client.call('case.audit', { limit: 1 });
    expect(entries).toMatchObject([{ what: 'exported', caseId: id }]);
    const pdf = client.call('report.pdf', { ...report, paper: 'a4' });
    await expect(pdf).rejects.toMatchObject({ code: 'conflict' });
    await client.call('case.delete-image', { id: id!, imageId: images[1]!.imageId });
    expect(() => app.assets.privately.read(report.asset)).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    const other = await client.call('case.report', { id: id!, imageId: images[0]!.imageId });
    await client.call('case.delete', { ids: [id!] });
    expect(() => app.assets.privately.read(other.asset)).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });

  test('is not given while the cases are locked', async () => {
    const dataFolder = temporaryFolder();
    const [id] = await keepCases(dataFolder);
    const { client } = openApp(dataFolder, { cases: { scryptCost: LOW_COST } });
    await client.call('case.set-passphrase', { current: null, next: PASSPHRASE });
    const { asset } = await client.call('case.report', { id: id!, imageId: 1 });
    await client.call('case.lock', {});
    await expect(client.call('case.report', { id: id!, imageId: 1 })).rejects.toMatchObject({
      code: 'cases-locked',
    });
    const pdf = client.call('report.pdf', { asset, name: 'report', paper: 'a4' });
    await expect(pdf).rejects.toThrow();
  });
});

test('all classes are on the page by name', () => {
  const text = textOf(page());
  for (const { name } of SEVEN_CLASSES) expect(text).toContain(name);
});
