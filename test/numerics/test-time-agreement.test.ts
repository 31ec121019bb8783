import { expect, test } from 'vitest';
import { DIHEDRAL_VERSIONS, testTimeAgreement } from '../../src-main/numerics/test-time-agreement.ts';
import golden from '../golden/numerics/test-time-agreement.json' with { type: 'json' };
import { expectClose } from './close.ts';

test("mean and deviation by class equal NumPy's, and versions that agree are counted", () => {
  const found = testTimeAgreement(golden.rows);
  expectClose(found.mean, golden.mean);
  expectClose(found.deviation, golden.deviation);
  expect(found.topClasses).toEqual(golden.top);
  expect([found.agreeing, found.agreement]).toEqual([golden.agreeing, golden.agreeing / 8]);
});

test('the answer may be another than that of the first version', () => {
  const rows = [
    [0.6, 0.4],
    [0.3, 0.7],
    [0.2, 0.8],
  ];
  expect(testTimeAgreement(rows)).toMatchObject({ versions: 3, agreeing: 1 });
  expect(testTimeAgreement(rows, 1)).toMatchObject({ agreeing: 2 });
});

test('eight versions, all different, the picture itself first', () => {
  expect(DIHEDRAL_VERSIONS).toHaveLength(8);
  expect(new Set(DIHEDRAL_VERSIONS.map((version) => JSON.stringify(version))).size).toBe(8);
  expect(DIHEDRAL_VERSIONS[0]).toEqual({ isMirrored: false, turnedDegrees: 0 });
});

test('no version, or versions that do not fit, are refused', () => {
  expect(() => testTimeAgreement([])).toThrow(/received none/);
  expect(() => testTimeAgreement([[1], [0.5, 0.5]])).toThrow(/received 1, 2/);
});
