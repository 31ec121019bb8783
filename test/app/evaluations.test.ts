import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary.ts';
import { type OpenedApp, openApp } from './open-app.ts';

async function trained(app: OpenedApp, root = '/data/sample') {
  const { dataset } = await app.client.call('dataset.import', { root });
  const { id } = await app.client.call('run.start', {
    datasetId: dataset.id,
    settings: { model: 'cnn1' },
  });
  await app.ended(id);
  return { id, dataset };
}

describe('a trained run', () => {
  test('is tested on another set; the report and the predictions are remembered', async () => {
    const app = openApp(temporaryFolder());
    const { id } = await trained(app);
    const { dataset } = await app.client.call('dataset.import', { root: '/data/other' });
    const { evaluation, seenImages } = await app.client.call('run.evaluate', { id, datasetId: dataset.id });
    // the run trained, validated and calibrated on image-2, -4, -6 and -8, each of a lesion with two images
    expect(seenImages).toBe(8);
    const part = await app.client.call('run.evaluate', {
      id,
      datasetId: dataset.id,
      skipUnknownClasses: true,
    });
    // of those that were not skipped it has seen image-2
    expect(part.seenImages).toBe(1);
    expect(evaluation).toMatchObject({ runId: id, datasetId: dataset.id, source: 'external' });
    const { evaluations } = await app.client.call('run.get', { id });
    expect(evaluations.map(({ source }) => source)).toEqual(['external', 'external', 'training']);
    expect(await app.client.call('evaluation.predictions', { id: evaluation.id })).toHaveLength(10);
    const report = await app.client.call('evaluation.report', { id: evaluation.id });
    expect(report.parts[0]?.balancedAccuracy.value).toBe(0.5);
  });

  test('classifies pictures and is exported', async () => {
    const app = openApp(temporaryFolder());
    const { id } = await trained(app);
    const { answers } = await app.client.call('classify.images', { model: { runId: id }, paths: ['/a.jpg'] });
    expect(answers).toEqual([{ path: '/a.jpg', probabilities: [0.25, 0.75], error: null }]);
    const files = await app.client.call('run.export', { id, format: 'keras', path: '/out.keras' });
    expect(files).toEqual([{ path: '/out.keras', bytes: 1 }]);
  });

  test('is compared with another one on images that neither has seen', async () => {
    const app = openApp(temporaryFolder());
    const root = '/data/distinct';
    const [first, second] = [await trained(app, root), await trained(app, root)];
    const comparison = await app.client.call('run.compare', { first: first.id, second: second.id });
    expect(comparison).toMatchObject({ runs: [first.id, second.id], images: 2, lesions: 1 });
    await expect(app.client.call('run.compare', { first: first.id, second: first.id })).rejects.toMatchObject(
      { code: 'bad-input' },
    );
  });

  test('is compared while the host answers others', async () => {
    const app = openApp(temporaryFolder());
    const root = '/data/distinct';
    const [first, second] = [await trained(app, root), await trained(app, root)];
    const answered: string[] = [];
    const note = (procedure: string) => () => answered.push(procedure);
    await Promise.all([
      app.client.call('run.compare', { first: first.id, second: second.id }).then(note('run.compare')),
      app.client.call('queue.get', {}).then(note('queue.get')),
    ]);
    expect(answered).toEqual(['queue.get', 'run.compare']);
  });

  test('is not compared on a picture that nearly equals one of another lesion that it trained on', async () => {
    const app = openApp(temporaryFolder());
    // image-1, tested, nearly equals image-4, trained on; image-0 is of the same lesion as image-1
    const [first, second] = [await trained(app), await trained(app)];
    const comparison = await app.client.call('run.compare', { first: first.id, second: second.id });
    expect(comparison).toMatchObject({ images: 0, excludedForLeakage: 2 });
  });
});

describe('a run without a model', () => {
  test('has no report, and cannot be tested, exported, compared or asked', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'diverge' });
    const { id, dataset } = await trained(app);
    expect(await app.client.call('run.report', { id })).toBeNull();
    expect(await app.client.call('run.predictions', { id })).toEqual([]);
    for (const call of [
      app.client.call('run.evaluate', { id, datasetId: dataset.id }),
      app.client.call('run.export', { id, format: 'h5', path: '/x.h5' }),
      app.client.call('run.compare', { first: id, second: id + 1 }),
      app.client.call('classify.images', { model: { runId: id }, paths: ['/a.jpg'] }),
    ]) {
      await expect(call).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('failed'),
      });
    }
  });
});
