import { readdirSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { CaseFilter, CaseId, CaseQuery } from '../../../src-main/contract/schema/case.ts';
import { CASE_MIGRATIONS, openCaseDatabase } from '../../../src-main/store/cases/open.ts';
import { temporaryFolder } from '../temporary.ts';
import { details, openStore, sampleAnswer, samplePicture } from './samples.ts';

const list = (query: object = {}) => CaseQuery.parse(query);
const filter = (given: object = {}) => CaseFilter.parse(given);

describe('a case', () => {
  test('comes back as it was kept, after another start too, with its picture', () => {
    const { store, folder, close } = openStore();
    const given = details({
      ageYears: 61,
      sex: 'female',
      site: 'back',
      diagnosis: { code: 'nv', text: 'looks dysplastic' },
      notes: 'second opinion asked',
      patient: { PatientName: 'Doe^Jane' },
    });
    const kept = store.keep(given, samplePicture('first pixels'));
    expect(kept).toMatchObject({ ...given, createdAt: '2026-03-04T05:06:07.000Z' });
    expect(kept.images).toMatchObject([
      { takenOn: '2026-03-01', bytes: 12, answer: sampleAnswer(), asset: `case:${kept.id}:1` },
    ]);
    close();

    const again = openStore(folder).store;
    expect(again.get(kept.id)).toEqual(kept);
    expect(again.picture(kept.id, 1).toString()).toBe('first pixels');
  });

  test('has an id that is drawn, can be read out, and is accepted in small letters', () => {
    const { store } = openStore();
    const ids = Array.from({ length: 50 }, () => store.keep(details(), samplePicture()).id);
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) {
      expect(id).toMatch(/^[2-9CFGHJMPQRVWX]{4}-[2-9CFGHJMPQRVWX]{4}$/);
      expect(CaseId.parse(` ${id.toLowerCase()} `)).toBe(id);
    }
    expect(ids.toSorted()).not.toEqual(ids);
  });

  test('takes later pictures in the order of their days; what the list says is of the latest', () => {
    const { store } = openStore();
    const { id } = store.keep(details(), samplePicture('march'));
    store.addImage(
      id,
      samplePicture('may', { takenOn: '2026-05-01', answer: sampleAnswer(0.7, { warnings: ['Blurred.'] }) }),
    );
    const record = store.addImage(id, samplePicture('april', { takenOn: '2026-04-01' }));
    expect(record.images.map(({ takenOn, imageId }) => [takenOn, imageId])).toEqual([
      ['2026-03-01', 1],
      ['2026-04-01', 3],
      ['2026-05-01', 2],
    ]);
    expect(store.list(list()).cases).toMatchObject([
      {
        images: 3,
        latestImageId: 2,
        predicted: { code: 'mel' },
        malignantShare: 0.7,
        isMalignantPositive: true,
        warnings: 1,
      },
    ]);
    expect(store.deleteImage(id, 2).images).toHaveLength(2);
    expect(() => store.picture(id, 2)).toThrow(/no picture 2/);
    expect(() => store.deleteImage(id, 2)).toThrow(expect.objectContaining({ code: 'not-found' }));
    store.deleteImage(id, 1);
    expect(() => store.deleteImage(id, 3)).toThrow(/only picture .* Delete the case/);
    expect(store.picture(id, 3).toString()).toBe('april');
  });

  test('is listed in the colour that its class has among those of its model, whatever they are', () => {
    const { store } = openStore();
    const classes = ['scar', 'wart'].map((code) => ({ code, name: code, malignant: null }));
    for (const first of [0.7, 0.2]) {
      store.keep(details(), samplePicture('a', { answer: sampleAnswer(first, { classes }) }));
    }
    const { cases } = store.list(list());
    expect(cases.map(({ predicted, predictedSeries }) => [predicted.code, predictedSeries]).sort()).toEqual([
      ['scar', 1],
      ['wart', 2],
    ]);
  });

  test('is changed in what is given, and stays as it was in the rest', () => {
    const { store } = openStore();
    const kept = store.keep(details({ notes: 'a', site: 'back' }), samplePicture());
    const histology = { code: 'mel', text: 'Breslow 0.4 mm', reportedOn: '2026-03-20' };
    expect(store.update(kept.id, { histology, notes: 'b' })).toEqual({ ...kept, histology, notes: 'b' });
    expect(store.update(kept.id, { histology: null }).histology).toBeNull();
  });

  test('that is not there is named', () => {
    const { store } = openStore();
    const missing = expect.objectContaining({
      code: 'not-found',
      message: expect.stringContaining('2345-CFGH'),
    });
    for (const act of [
      () => store.get('2345-CFGH'),
      () => store.update('2345-CFGH', { notes: '' }),
      () => store.addImage('2345-CFGH', samplePicture()),
      () => store.picture('2345-CFGH', 1),
      () => store.delete(['2345-CFGH']),
    ]) {
      expect(act).toThrow(missing);
    }
  });

  test('is not found by another picture number of another case', () => {
    const { store } = openStore();
    const one = store.keep(details(), samplePicture('one'));
    const two = store.keep(details(), samplePicture('two'));
    expect(() => store.picture(one.id, two.images[0]!.imageId)).toThrow(/no picture/);
  });

  test('is deleted with others at once, or none is', () => {
    const { store } = openStore();
    const [one, two, three] = [1, 2, 3].map(() => store.keep(details(), samplePicture()).id);
    expect(() => store.delete([one!, 'XXXX-XXXX'])).toThrow(/XXXX-XXXX/);
    expect(store.list(list()).total).toBe(3);
    expect(store.delete([one!, two!, one!])).toEqual({ deleted: 2, isErased: true });
    expect(store.list(list()).cases.map(({ id }) => id)).toEqual([three]);
  });
});

describe('finding cases', () => {
  const kept = () => {
    let minute = 0;
    const { store, folder } = openStore(undefined, { now: () => new Date(Date.UTC(2026, 0, 1 + minute++)) });
    const found = (search: object) => store.list(list({ filter: search })).cases.map(({ site }) => site);
    store.keep(details({ site: 'a', notes: 'Father had a melanoma' }), samplePicture());
    store.keep(
      details({ site: 'b', diagnosis: { code: 'nv', text: 'Spitz' } }),
      samplePicture('', { answer: sampleAnswer(0.8, { warnings: ['Blurred.'] }) }),
    );
    store.keep(
      details({
        site: 'c',
        histology: { code: 'mel', text: 'in situ', reportedOn: null },
        diagnosis: { code: 'mel', text: '' },
      }),
      samplePicture('', { answer: sampleAnswer(0.6) }),
    );
    return { store, folder, found };
  };

  test('searches id, notes, diagnosis and histology by words and by names of classes', () => {
    const { store, found } = kept();
    expect(found({ search: 'MELANOMA' })).toEqual(['c', 'a']);
    expect(found({ search: 'father melan' })).toEqual(['a']);
    expect(found({ search: 'spitz' })).toEqual(['b']);
    expect(found({ search: 'situ' })).toEqual(['c']);
    expect(found({ search: 'nowhere' })).toEqual([]);
    const { id } = store.list(list()).cases[1]!;
    expect(found({ search: id.toLowerCase().slice(0, 6) })).toEqual(['b']);
  });

  test('filters by opinion, time, warnings and whether histology is known', () => {
    const { found } = kept();
    expect(found({ class: { code: 'mel', by: 'model' } })).toEqual(['c', 'b']);
    expect(found({ class: { code: 'mel', by: 'clinician' } })).toEqual(['c']);
    expect(found({ class: { code: 'mel', by: 'histology' } })).toEqual(['c']);
    expect(found({ hasWarnings: true })).toEqual(['b']);
    expect(found({ hasWarnings: false })).toEqual(['c', 'a']);
    expect(found({ hasHistology: true })).toEqual(['c']);
    expect(found({})).toEqual(['c', 'b', 'a']);
    expect(found({ createdFrom: '2026-01-03' })).not.toContain('a');
    expect(found({ createdBefore: '2026-01-03' })).toEqual(['a']);
  });

  test('gives what the agreement is counted from', () => {
    const { store } = kept();
    const { classes, rows } = store.agreement(filter());
    expect(classes.map(({ code }) => code)).toEqual(['mel', 'nv']);
    expect(
      rows.map(({ predicted, clinician, histology, isMalignantPositive }) => [
        predicted,
        clinician,
        histology,
        isMalignantPositive,
      ]),
    ).toEqual([
      ['nv', null, null, false],
      ['mel', 'nv', null, true],
      ['mel', 'mel', 'mel', true],
    ]);
  });

  test('takes what the network computed for no opinion where no diagnosis was given', () => {
    const { store, found } = kept();
    const answer = sampleAnswer(0.9, { isWithheld: true, operating: [], warnings: ['No close-up of skin.'] });
    const { id } = store.keep(details({ site: 'd' }), samplePicture('', { answer }));
    expect(store.list(list()).cases[0]).toMatchObject({ id, isWithheld: true, malignantShare: null });
    expect(found({ class: { code: 'mel', by: 'model' } })).toEqual(['c', 'b']);
    expect(store.agreement(filter()).rows.at(-1)).toMatchObject({ id, predicted: null });
  });

  test('pages through thousands, each once, in order, and sees what another program adds', () => {
    const { store, folder } = openStore();
    for (let number = 0; number < 2_000; number++) {
      // in one transaction, without thousands of transactions
      const share = ((number * 7919) % 2_000) / 2_000;
      if (number === 0) store.db.exec('BEGIN');
      store.keep(details({ notes: `number ${number}` }), samplePicture('', { answer: sampleAnswer(share) }));
    }
    store.db.exec('COMMIT');
    const sort = { by: 'malignantShare', descending: true } as const;
    const shares: number[] = [];
    for (let offset = 0; offset < 2_000; offset += 500) {
      const page = store.list(list({ sort, offset }));
      expect(page.total).toBe(2_000);
      shares.push(...page.cases.map(({ malignantShare }) => malignantShare!));
    }
    expect(shares).toEqual(Array.from({ length: 2_000 }, (_, index) => (1999 - index) / 2_000));
    expect(store.list(list({ filter: { search: 'number 1711' } })).total).toBe(1);
    expect(store.ids(filter(), sort)).toHaveLength(2_000);

    const { id } = openStore(folder).store.keep(details(), samplePicture());
    expect(store.list(list({ filter: { search: id } })).total).toBe(1);
  });
});

describe('the store', () => {
  test('is a file of its own that no other user may read, with deletion that overwrites', () => {
    const { store, file } = openStore();
    store.keep(details(), samplePicture());
    expect(store.db.pragma('secure_delete', { simple: true })).toBe(1);
    expect(store.db.pragma('temp_store', { simple: true })).toBe(2);
    if (process.platform !== 'win32') {
      for (const path of [file, `${file}-wal`]) expect(statSync(path).mode & 0o077).toBe(0);
    }
  });

  test('of a newer version is refused and left as it is', () => {
    const { file, close } = openStore();
    close();
    const db = new Database(file);
    db.pragma(`user_version = ${CASE_MIGRATIONS.at(-1)!.version + 10}`);
    db.close();
    expect(() => openCaseDatabase(file)).toThrow(expect.objectContaining({ code: 'newer-version' }));
  });

  test('says that a case was changed from outside, and lists the others', () => {
    const { store, file, folder, close } = openStore();
    const one = store.keep(details(), samplePicture()).id;
    const two = store.keep(details({ notes: 'whole' }), samplePicture()).id;
    close();
    const db = new Database(file);
    db.prepare('UPDATE cases SET summary = zeroblob(200), detail = zeroblob(300) WHERE code = ?').run(one);
    db.close();
    const again = openStore(folder).store;
    expect(again.state().damaged).toEqual([one]);
    expect(again.list(list()).cases.map(({ id }) => id)).toEqual([two]);
    expect(() => again.get(one)).toThrow(
      expect.objectContaining({ code: 'corrupt', message: expect.stringContaining(one) }),
    );
    expect(again.delete([one]).deleted).toBe(1);
    expect(again.state()).toMatchObject({ damaged: [], cases: 1 });
  });

  test('keeps nothing of an act that fails half way', () => {
    const { store } = openStore();
    const { id } = store.keep(details(), samplePicture());
    store.db.exec("CREATE TRIGGER full BEFORE UPDATE ON cases BEGIN SELECT RAISE(ABORT, 'no'); END");
    expect(() => store.keep(details(), samplePicture())).toThrow('no');
    expect(() => store.addImage(id, samplePicture())).toThrow('no');
    store.db.exec('DROP TRIGGER full');
    expect(store.list(list()).total).toBe(1);
    expect(store.db.prepare('SELECT count(*) FROM case_pictures').pluck().get()).toBe(1);
    expect(store.get(id).images).toHaveLength(1);
  });

  test('makes no file but its own three', () => {
    const folder = temporaryFolder();
    const { store } = openStore(folder);
    const { id } = store.keep(details(), samplePicture('x'.repeat(2_000_000)));
    store.update(id, { notes: 'n'.repeat(20_000) });
    store.delete([id]);
    expect(readdirSync(folder).sort()).toEqual(['cases.sqlite', 'cases.sqlite-shm', 'cases.sqlite-wal']);
  });
});
