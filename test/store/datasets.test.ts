import { describe, expect, test } from 'vitest';
import {
  deleteDataset,
  findDatasetByName,
  findSameDataset,
  getDataset,
  getManifest,
  insertDataset,
  listDatasets,
  setClasses,
} from '../../src-main/store/datasets.ts';
import { insertRun } from '../../src-main/store/runs.ts';
import { sampleConfig, sampleManifest } from './samples.ts';
import { temporaryDatabase } from './temporary.ts';

const importedAt = '2025-03-01T10:00:00.000Z';

describe('datasets', () => {
  test('give back exactly the manifest that was stored', () => {
    const db = temporaryDatabase();
    const id = insertDataset(db, { manifest: sampleManifest(), importedAt });
    expect(getManifest(db, id)).toEqual(sampleManifest());
  });

  test('are summed up in the list', () => {
    const db = temporaryDatabase();
    insertDataset(db, { manifest: sampleManifest(), importedAt });
    expect(listDatasets(db)).toEqual([
      {
        id: 1,
        name: 'sample',
        root: '/data/sample',
        layout: 'ham10000',
        synthetic: false,
        classes: sampleManifest().classes,
        classCounts: [4, 6],
        imageCount: 10,
        lesionCount: 5,
        problemCount: 2,
        hash: sampleManifest().hash,
        importedAt,
      },
    ]);
  });

  test('are found by name and by content', () => {
    const db = temporaryDatabase();
    const id = insertDataset(db, { manifest: sampleManifest(), importedAt });
    expect(findDatasetByName(db, 'sample')).toBe(id);
    expect(findDatasetByName(db, 'other')).toBeNull();
    expect(findSameDataset(db, sampleManifest())).toBe(id);
    expect(findSameDataset(db, sampleManifest({ root: '/elsewhere' }))).toBeNull();
  });

  test('keep their names apart', () => {
    const db = temporaryDatabase();
    insertDataset(db, { manifest: sampleManifest(), importedAt });
    expect(() => insertDataset(db, { manifest: sampleManifest(), importedAt })).toThrow(
      expect.objectContaining({ code: 'conflict', message: expect.stringContaining('"sample"') }),
    );
  });

  test('let classes be named and marked, but not changed', () => {
    const db = temporaryDatabase();
    const id = insertDataset(db, { manifest: sampleManifest(), importedAt });
    const [mel, nv] = sampleManifest().classes;
    setClasses(db, id, [
      { ...mel!, name: 'Malignant melanoma' },
      { ...nv!, malignant: null },
    ]);
    expect(getManifest(db, id).classes).toEqual([
      { code: 'mel', name: 'Malignant melanoma', malignant: true },
      { code: 'nv', name: 'Melanocytic nevi', malignant: null },
    ]);
    expect(() => setClasses(db, id, [nv!, mel!])).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });

  test('are deleted unless a run rests on them', () => {
    const db = temporaryDatabase();
    const used = insertDataset(db, { manifest: sampleManifest(), importedAt });
    const free = insertDataset(db, { manifest: sampleManifest({ name: 'free' }), importedAt });
    const run = { name: 'r', datasetHash: 'h', config: sampleConfig(), createdAt: importedAt };
    const runId = insertRun(db, { ...run, datasetId: used });
    expect(() => deleteDataset(db, used)).toThrow(
      expect.objectContaining({ code: 'conflict', details: { runs: [runId] } }),
    );
    deleteDataset(db, free);
    expect(listDatasets(db).map(({ id }) => id)).toEqual([used]);
    expect(() => getDataset(db, free)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});
