/** The kept cases over the whole application, with the product's own worker: what a window asks, and what is then in the data folder. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openLog } from '../../src-main/app/log.ts';
import type { CaseStoreState } from '../../src-main/contract/schema/case-privacy.ts';
import { LOW_COST, PASSPHRASE } from '../store/cases/constants.ts';
import { filesIn, filesWith, sampleAnswer } from '../store/cases/samples.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';
import { stoppedClock } from './stopped-clock.ts';

const DAY = '2026-03-04';

function open(dataFolder = temporaryFolder()) {
  const clock = stoppedClock();
  const opened = openApp(dataFolder, { realWorker: true, cases: { clock, scryptCost: LOW_COST }, openLog });
  const hold = (bytes: Uint8Array) =>
    opened.app.assets.privately.hold(
      (async function* () {
        yield bytes;
      })(),
    );
  return { ...opened, clock, dataFolder, hold };
}

const picture = (comment = 'SECRET-CAMERA') =>
  sharp({ create: { width: 32, height: 24, channels: 3, background: '#c08070' } })
    .withExif({ IFD0: { Make: comment } })
    .jpeg()
    .toBuffer();

describe('a picture that a window holds', () => {
  test('is kept as a case, without metadata, and then in memory no more', async () => {
    const { app, client, hold, clock } = open();
    const held = await hold(await picture());
    const kept = await client.call('case.keep', {
      picture: held,
      answer: sampleAnswer(),
      details: { ageYears: 50, notes: 'first visit' },
    });
    expect(kept).toMatchObject({
      createdAt: clock.now().toISOString(),
      ageYears: 50,
      sex: null,
      notes: 'first visit',
      images: [{ takenOn: DAY, mediaType: 'image/jpeg', widthPx: 32, heightPx: 24 }],
    });
    const { asset, bytes } = kept.images[0]!;
    const stored = app.assets.privately.read(asset);
    expect(stored.length).toBe(bytes);
    expect(stored.includes('SECRET-CAMERA')).toBe(false);
    expect((await sharp(stored).metadata()).width).toBe(32);
    expect(() => app.assets.privately.read(held)).toThrow(/no picture/);

    const later = await hold(await picture());
    const grown = await client.call('case.add-image', {
      id: kept.id,
      picture: later,
      answer: sampleAnswer(0.9),
      takenOn: '2026-01-02',
    });
    expect(grown.images.map(({ takenOn }) => takenOn)).toEqual(['2026-01-02', DAY]);
    expect(await client.call('case.get', { id: kept.id })).toEqual(grown);
  });

  test('is never in a file of the data folder, nor are path, notes and patient, in the log or elsewhere, before and after deletion', async () => {
    const { client, hold, close, dataFolder } = open();
    const file = join(temporaryFolder(), 'SECRET-FILE-NAME.jpg');
    const jpeg = await picture();
    writeFileSync(file, jpeg);
    // of the coded picture: the tables and pixels that are kept
    const coded = jpeg.subarray(jpeg.indexOf(Buffer.from([0xff, 0xda])), jpeg.length - 2);
    const secrets = ['SECRET', coded, 'Naevus-im-Nacken', 'Mustermann'];
    const found = () => secrets.filter((secret) => filesWith(dataFolder, secret).length > 0);
    writeFileSync(
      join(dataFolder, 'control'),
      Buffer.concat([Buffer.from('SECRET Naevus-im-Nacken Mustermann '), jpeg]),
    );
    expect(found()).toEqual(secrets);
    rmSync(join(dataFolder, 'control'));

    const details = { notes: 'Naevus-im-Nacken', patient: { PatientName: 'Mustermann' } };
    const one = await client.call('case.keep', { picture: file, answer: sampleAnswer(), details });
    const two = await client.call('case.keep', {
      picture: await hold(jpeg),
      answer: sampleAnswer(),
      details,
    });
    await client.call('case.list', { filter: { search: 'naevus' } });
    await client.call('case.export', {
      ids: [one.id],
      format: 'json',
      withImages: true,
      withPatientFields: true,
      path: null,
    });
    await expect(
      client.call('case.keep', { picture: `${file}.gone`, answer: sampleAnswer() }),
    ).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(found()).toEqual([]);
    await client.call('case.delete', { ids: [one.id, two.id] });
    expect(found()).toEqual([]);
    await close();
    expect(found()).toEqual([]);
    expect([...filesIn(dataFolder).keys()].some((path) => path.endsWith('lesion-lab.log'))).toBe(true);
    expect(readFileSync(file).equals(jpeg)).toBe(true);
  });

  test('is let go when it is too much, the first ones first', async () => {
    const { app, hold } = open();
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push(await hold(Buffer.alloc(60 * 1024 * 1024)));
    expect(() => app.assets.privately.read(ids[0]!)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(app.assets.privately.read(ids[1]!)).toHaveLength(60 * 1024 * 1024);
    await expect(hold(Buffer.alloc(129 * 1024 * 1024))).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('that is none, an answer that does not fit, and a day to come are refused', async () => {
    const { client, hold } = open();
    const answer = sampleAnswer();
    const held = await hold(Buffer.from('no picture'));
    await expect(client.call('case.keep', { picture: held, answer })).rejects.toMatchObject({
      code: 'bad-image',
    });
    const broken = { ...answer, probabilities: [0.2, 0.3] };
    await expect(client.call('case.keep', { picture: held, answer: broken })).rejects.toThrow(/sum to 0.5/);
    const short = { ...answer, probabilities: [1] };
    await expect(client.call('case.keep', { picture: held, answer: short })).rejects.toThrow(
      /1 entries for 2 classes/,
    );
    const early = client.call('case.keep', {
      picture: await hold(await picture()),
      answer,
      takenOn: '2026-03-05',
    });
    await expect(early).rejects.toThrow(/2026-03-05, is yet to come \(today is 2026-03-04\)/);
    await expect(client.call('case.get', { id: 'nonsense' })).rejects.toThrow(/7F4M-2XQW/);
    expect(await client.call('case.state', {})).toMatchObject({ cases: 0 });
  });
});

describe('an encrypted store', () => {
  async function encrypted() {
    const opened = open();
    const states: CaseStoreState[] = [];
    opened.client.on('case.state-changed', (state) => states.push(state));
    const { id, images } = await opened.client.call('case.keep', {
      picture: await opened.hold(await picture()),
      answer: sampleAnswer(),
    });
    await opened.client.call('case.set-passphrase', { current: null, next: PASSPHRASE });
    return { ...opened, id, asset: images[0]!.asset, states };
  }

  test('locks itself after the time that is set, tells windows, lets go of pictures, and opens again', async () => {
    const { app, client, clock, hold, id, asset, states } = await encrypted();
    await client.call('case.set-privacy', { lockAfterMinutes: 5 });
    const held = await hold(await picture());
    clock.advance(4 * 60_000);
    await client.call('case.stay', {});
    clock.advance(4 * 60_000);
    // asking how it stands is no use
    expect(await client.call('case.state', {})).toMatchObject({ isLocked: false });
    clock.advance(60_000);
    expect(await client.call('case.state', {})).toMatchObject({ isLocked: true });
    expect(states.at(-1)).toMatchObject({ isLocked: true });
    await expect(client.call('case.get', { id })).rejects.toMatchObject({ code: 'cases-locked' });
    expect(() => app.assets.privately.read(asset)).toThrow(expect.objectContaining({ code: 'cases-locked' }));
    expect(() => app.assets.privately.read(held)).toThrow(expect.objectContaining({ code: 'not-found' }));

    await expect(client.call('case.unlock', { passphrase: 'a wrong passphrase' })).rejects.toMatchObject({
      code: 'wrong-passphrase',
    });
    expect(await client.call('case.unlock', { passphrase: PASSPHRASE })).toMatchObject({ isLocked: false });
    expect(await client.call('case.get', { id })).toMatchObject({ id });
    const { entries } = await client.call('case.audit', { limit: 4 });
    expect(entries.map(({ what }) => what)).toEqual(['opened', 'unlocked', 'failed-unlock', 'locked']);
  });

  test('is locked on request, and by a computer that slept, before anything is answered', async () => {
    const { client, clock, id } = await encrypted();
    expect(await client.call('case.lock', {})).toMatchObject({ isLocked: true });
    await client.call('case.unlock', { passphrase: PASSPHRASE });
    clock.sleep(11 * 60_000);
    expect(await client.call('case.state', {})).toMatchObject({ isLocked: true });
    await client.call('case.unlock', { passphrase: PASSPHRASE });
    clock.sleep(11 * 60_000);
    await expect(client.call('case.get', { id })).rejects.toMatchObject({ code: 'cases-locked' });
  });

  test('still says what the audit list has, and whether it is whole', async () => {
    const { client } = await encrypted();
    await client.call('case.lock', {});
    expect((await client.call('case.audit', {})).entries[0]).toMatchObject({ what: 'locked' });
    expect(await client.call('case.verify-audit', {})).toMatchObject({ isWhole: true });
    const away = client.call('case.export-audit', { format: 'csv', path: null });
    await expect(away).rejects.toMatchObject({ code: 'cases-locked' });
  });

  test('cannot be locked before it is encrypted, nor have a short passphrase', async () => {
    const { client } = open();
    await expect(client.call('case.lock', {})).rejects.toThrow(/Set a passphrase first/);
    await expect(client.call('case.set-passphrase', { current: null, next: 'short' })).rejects.toThrow(
      /12 characters/,
    );
  });
});

describe('what goes wrong', () => {
  test('in an unexpected way is logged by its place in the program alone', async () => {
    const { app, client, dataFolder } = open();
    app.assets.privately.owns = () => {
      throw new TypeError('SECRET-NOTES of a patient at /home/SECRET');
    };
    const kept = client.call('case.keep', { picture: 'held:x', answer: sampleAnswer() });
    await expect(kept).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('TypeError'),
    });
    const log = readFileSync(join(dataFolder, 'logs', 'lesion-lab.log'), 'utf8');
    expect(log).toMatch(/unexpected failure/);
    expect(log).toMatch(/case\.keep/);
    expect(log).toMatch(/cases\.ts/);
    expect(log).not.toMatch(/SECRET/);
  });

  test('with the file stops nothing but the cases, and names it', async () => {
    const dataFolder = temporaryFolder();
    writeFileSync(join(dataFolder, 'cases.sqlite'), 'no database, rather a text '.repeat(400));
    const { client } = open(dataFolder);
    expect(await client.call('run.list', {})).toEqual([]);
    await expect(client.call('case.list', {})).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('cases.sqlite'),
    });
  });
});

test('who uses no cases has no case store', async () => {
  const { client, dataFolder } = open();
  await client.call('run.list', {});
  expect(() => statSync(join(dataFolder, 'cases.sqlite'))).toThrow(/ENOENT/);
});
