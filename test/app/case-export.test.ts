import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { exportAudit, exportCases } from '../../src-main/app/case-export.ts';
import type { CaseExportRequest } from '../../src-main/contract/schema/case-privacy.ts';
import { details, openStore, sampleAnswer, samplePicture } from '../store/cases/samples.ts';
import { temporaryFolder } from '../store/temporary.ts';

function kept() {
  const { store, folder } = openStore();
  const one = store.keep(
    details({
      ageYears: 61,
      sex: 'male',
      site: 'back, left',
      diagnosis: { code: 'nv', text: '' },
      histology: { code: 'mel', text: 'in situ', reportedOn: '2026-03-20' },
      notes: '=HYPERLINK("http://x")',
      patient: { PatientName: 'Doe^Jane', PatientID: '-17' },
    }),
    samplePicture('first', { answer: sampleAnswer(0.25, { warnings: ['Blurred.', 'Dark.'] }) }),
  );
  store.addImage(
    one.id,
    samplePicture('second', { takenOn: '2026-05-01', mediaType: 'image/jpeg', answer: sampleAnswer(0.75) }),
  );
  const two = store.keep(details(), samplePicture('third'));
  const place = { today: '2026-06-07', dataFolder: folder };
  const request = (more: Partial<CaseExportRequest>): CaseExportRequest => ({
    ids: [one.id, two.id],
    format: 'csv',
    withImages: false,
    withPatientFields: false,
    path: null,
    ...more,
  });
  return {
    store,
    folder,
    one,
    two,
    place,
    run: (more: Partial<CaseExportRequest>) => exportCases(store, request(more), place),
  };
}

const textOf = ({ content }: { content: string | null }) => Buffer.from(content!, 'base64').toString();

describe('an export', () => {
  test('as CSV names no class where no diagnosis was given', async () => {
    const { store, place } = kept();
    const answer = sampleAnswer(0.75, { isWithheld: true });
    const { id } = store.keep(details(), samplePicture('fourth', { answer }));
    const asked = { format: 'csv', withImages: false, withPatientFields: false, path: null } as const;
    const [row] = parse(textOf(await exportCases(store, { ...asked, ids: [id] }, place)), { columns: true });
    expect(row).toMatchObject({ predicted: '', is_withheld: 'true', p_mel: '0.75' });
  });

  test('as CSV has a row for each picture, safe for a spreadsheet, without patient fields', async () => {
    const { run, one, two } = kept();
    const file = await run({});
    expect(file).toMatchObject({
      name: 'lesion-lab-cases-2026-06-07.csv',
      mediaType: 'text/csv',
      path: null,
    });
    const rows: Record<string, string>[] = parse(textOf(file), { columns: true });
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({
      case: one.id,
      created_at: one.createdAt,
      age_years: '61',
      sex: 'male',
      site: 'back, left',
      clinician_class: 'nv',
      clinician_words: '',
      histology_class: 'mel',
      histology_words: 'in situ',
      histology_on: '2026-03-20',
      notes: '\'=HYPERLINK("http://x")',
      image: '1',
      taken_on: '2026-03-01',
      answered_at: '2026-03-04T05:00:00.000Z',
      model: 'Default',
      model_version: '1',
      model_hash: 'ab'.repeat(32),
      predicted: 'nv',
      set_level: '0.9',
      set: 'mel nv',
      malignant_share: '0.25',
      malignant_threshold: '0.3',
      malignant_positive: 'false',
      out_of_distribution: '1.5',
      out_of_distribution_limit: '3',
      is_outside: 'false',
      is_withheld: 'false',
      quality: '',
      warnings: 'Blurred. Dark.',
      p_mel: '0.25',
      p_nv: '0.75',
    });
    expect(rows.map((row) => [row.case, row.taken_on, row.predicted])).toEqual([
      [one.id, '2026-03-01', 'nv'],
      [one.id, '2026-05-01', 'mel'],
      [two.id, '2026-03-01', 'nv'],
    ]);
    expect(textOf(file)).not.toMatch(/Doe|patient/i);
  });

  test('has patient fields only when they are asked for, and the audit list says so', async () => {
    const { run, store, one } = kept();
    const [row] = parse(textOf(await run({ withPatientFields: true })), { columns: true }) as Record<
      string,
      string
    >[];
    expect(row).toMatchObject({ patient_PatientName: 'Doe^Jane', patient_PatientID: "'-17" });
    const plain = JSON.parse(textOf(await run({ format: 'json' })));
    expect(plain.cases[0]).toMatchObject({ id: one.id, patient: null });
    const full = JSON.parse(textOf(await run({ format: 'json', withPatientFields: true })));
    expect(full.note).toMatch(/not a medical device/);
    expect(full.cases[0]).toMatchObject({
      patient: { PatientName: 'Doe^Jane' },
      notes: '=HYPERLINK("http://x")',
    });
    expect(full.cases[0].images[1].answer).toEqual(sampleAnswer(0.75));
    const audit = JSON.parse(
      textOf(
        await exportAudit(
          store,
          { format: 'json', path: null },
          { today: '2026-06-07', dataFolder: '/nowhere' },
        ),
      ),
    );
    expect(audit.entries.map(({ what }: { what: string }) => what).slice(-3)).toEqual([
      'exported-with-patient-fields',
      'exported-with-patient-fields',
      'audit-exported',
    ]);
  });

  test('with pictures is a zip, in place or answered, the same either way', async () => {
    const { run, one, two } = kept();
    const folder = temporaryFolder();
    const path = join(folder, 'cases.zip');
    const written = await run({ withImages: true, format: 'json', path });
    expect(written).toMatchObject({ path, content: null, bytes: readFileSync(path).length });
    expect(readdirSync(folder)).toEqual(['cases.zip']);
    const answered = await run({ withImages: true, format: 'json' });
    for (const zip of [readFileSync(path), Buffer.from(answered.content!, 'base64')]) {
      const members = unzipSync(zip);
      expect(Object.keys(members)).toEqual([
        'cases.json',
        `images/${one.id}-1-2026-03-01.png`,
        `images/${one.id}-2-2026-05-01.jpg`,
        `images/${two.id}-1-2026-03-01.png`,
      ]);
      const { cases } = JSON.parse(Buffer.from(members['cases.json']!).toString());
      expect(Buffer.from(members[cases[0].images[1].file]!).toString()).toBe('second');
    }
  });

  test('goes nowhere within the data folder, and leaves nothing where it cannot be', async () => {
    const { run, folder } = kept();
    mkdirSync(join(folder, 'runs'));
    for (const path of [
      join(folder, 'cases.csv'),
      join(folder, 'runs', 'cases.csv'),
      `${folder}/x/../cases.csv`,
    ]) {
      await expect(run({ path })).rejects.toThrow(/within the data folder/);
      expect(existsSync(path)).toBe(false);
    }
    await expect(run({ path: 'cases.csv' })).rejects.toThrow(/whole path/);
    const missing = join(temporaryFolder(), 'missing', 'cases.csv');
    await expect(run({ path: missing })).rejects.toMatchObject({ code: 'not-found' });
    const taken = temporaryFolder();
    mkdirSync(join(taken, 'cases.csv'));
    await expect(run({ path: join(taken, 'cases.csv') })).rejects.toThrow();
    expect(readdirSync(taken)).toEqual(['cases.csv']);
  });

  test('of a case that is not there is refused by its id', async () => {
    const { run, one } = kept();
    await expect(run({ ids: [one.id, '2345-CFGH'] })).rejects.toThrow(/2345-CFGH/);
  });
});

test('the audit list as CSV can be checked by others', async () => {
  const { store, place } = kept();
  const file = await exportAudit(store, { format: 'csv', path: null }, place);
  expect(file.name).toBe('lesion-lab-case-audit-2026-06-07.csv');
  const rows: Record<string, string>[] = parse(textOf(file), { columns: true });
  expect(rows.map(({ sequence, what }) => [sequence, what])).toEqual([
    ['1', 'kept'],
    ['2', 'image-added'],
    ['3', 'kept'],
    ['4', 'audit-exported'],
  ]);
});
