/** Released models asked over the whole application, with the product's own worker: a window's pictures, a folder, what is left behind. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../src-main/app/log.ts';
import { asSharp, drawnPixels } from '../dataset/pictures.ts';
import { dicomFile } from '../preprocess/dicom-file.ts';
import { filesWith } from '../store/cases/samples.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { installReleasedModel } from '../support/released-model.ts';
import { openApp } from './open-app.ts';

async function open(overrides: Record<string, unknown> = {}) {
  const dataFolder = temporaryFolder();
  const model = await installReleasedModel(dataFolder, overrides);
  return { ...openApp(dataFolder, { realWorker: true, openLog }), dataFolder, model };
}

const drawn = (seed: number) =>
  asSharp(drawnPixels(seed, 300, 225, 'nv'), 300, 225)
    .png()
    .toBuffer();

const held = (app: Awaited<ReturnType<typeof open>>['app'], bytes: Uint8Array) =>
  app.assets.privately.hold(
    (async function* () {
      yield bytes;
    })(),
  );

describe('a released model', () => {
  it('answers for a picture that a window holds, names itself, and the audit list says that it was asked', async () => {
    const { app, client, model } = await open();
    const picture = await held(app, await drawn(1));
    const { answer, sets, similar, similarNote } = await client.call('classify.answer', { model, picture });
    expect(answer.model).toEqual({ name: 'Sample', version: '1.0.0', hash: model });
    expect(answer.predictionSet.level).toBe(0.9);
    expect(sets).toHaveLength(2);
    expect([similar, similarNote]).toEqual([null, expect.stringContaining('training images do not go')]);
    const { entries } = await client.call('case.audit', {});
    expect(entries.map(({ what }) => what)).toContain('classified');
    // the picture is still held, to be kept as a case
    const kept = await client.call('case.keep', { picture, answer });
    expect(kept.images[0]!.answer).toEqual(answer);
  });

  it('stays loaded, goes on after its process was killed, and gives way to another model', async () => {
    const { app, client, model, dataFolder, workers } = await open();
    const other = await installReleasedModel(dataFolder, { name: 'Other' }, 'cd'.repeat(32));
    await client.call('classify.warm', { model });
    const ask = async (of: string) => {
      const picture = await held(app, await drawn(2));
      return (await client.call('classify.answer', { model: of, picture })).answer;
    };
    const [first, again] = [await ask(model), await ask(model)];
    expect(again.probabilities).toEqual(first.probabilities);
    expect(workers).toHaveLength(1);
    workers[0]!.kill();
    expect((await ask(model)).probabilities).toEqual(first.probabilities);
    expect((await ask(other)).model.name).toBe('Other');
    expect((await ask(model)).probabilities).toEqual(first.probabilities);
  });

  it('shows what a DICOM file says of a patient, and nothing of it is in the data folder, before and after it is kept without', async () => {
    const { app, client, model, dataFolder } = await open();
    const pixels = { data: drawnPixels(1, 300, 225, 'nv'), widthPx: 300, heightPx: 225, coding: 'RGB' };
    const picture = await held(app, dicomFile(pixels));
    const { answer, patient, shown } = await client.call('classify.answer', { model, picture });
    expect(patient).toMatchObject({ PatientID: 'PX-4711' });
    expect(shown).toMatch(/^data:image\/jpeg;base64,/);
    const found = () =>
      ['Quillfeather', 'PX-4711', '19610704'].flatMap((secret) => filesWith(dataFolder, secret));
    expect(found()).toEqual([]);
    const kept = await client.call('case.keep', { picture, answer });
    expect([kept.patient, kept.images[0]!.mediaType]).toEqual([null, 'image/png']);
    expect(found()).toEqual([]);
  });

  it('forgets a picture that nobody looks at any more', async () => {
    const { app, client } = await open();
    const picture = await held(app, await drawn(4));
    expect(app.assets.privately.read(picture).length).toBeGreaterThan(0);
    await client.call('classify.forget', { pictures: [picture, 'held:never-there'] });
    expect(() => app.assets.privately.read(picture)).toThrow(/no picture/);
  });

  it('says what is wrong with a picture, a level and a model that is not there', async () => {
    const { app, client, model } = await open();
    const text = await held(app, Buffer.from('no picture at all, but words'));
    await expect(client.call('classify.answer', { model, picture: text })).rejects.toMatchObject({
      code: 'bad-image',
    });
    const picture = await held(app, await drawn(3));
    await expect(client.call('classify.answer', { model, picture, level: 0.5 })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('received 0.5'),
    });
    await expect(client.call('classify.answer', { model: 'ef'.repeat(32), picture })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(client.call('classify.answer', { model, picture: 'held:gone' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('Choose it again'),
    });
  });

  it('answers a folder into a table, and nothing of it is in the data folder', async () => {
    const { client, model, dataFolder } = await open();
    const folder = join(temporaryFolder(), 'SECRET-FOLDER');
    mkdirSync(folder);
    for (const seed of [1, 2, 3]) writeFileSync(join(folder, `SECRET-${seed}.png`), await drawn(seed));
    writeFileSync(join(folder, 'SECRET-4.png'), 'broken');
    const csv = join(temporaryFolder(), 'answers.csv');
    const progress: unknown[] = [];
    client.on('classify.progress', (told) => progress.push(told));
    const outcome = await client.call('classify.folder', { model, folder, csv });
    expect(outcome).toMatchObject({ pictures: 4, answered: 3, unreadable: 1 });
    expect(progress.at(-1)).toMatchObject({ done: 4, total: 4, csv });
    expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(6);
    expect(filesWith(dataFolder, 'SECRET')).toEqual([]);
    // a table of the same model is gone on with, at once; the broken one might have been put right
    expect(await client.call('classify.folder', { model, folder, csv })).toMatchObject({
      earlier: 3,
      unreadable: 1,
    });
  });
});
