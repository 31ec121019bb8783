import { describe, expect, it } from 'vitest';
import { latencyRow, median, type Row, rowOf, speedRow } from '../../bench/rows.ts';
import { type Machine, resultsSection, textTable } from '../../bench/table.ts';

const label = { name: 'train/mobile_net/batch-32', target: '>= 3' };

describe('rows of the benchmark', () => {
  it('take the middle value, or the mean of the two in the middle', () => {
    expect(median([10, 1, 2])).toBe(2);
    expect(median([10, 1, 2, 4])).toBe(3);
    expect(() => median([])).toThrow(RangeError);
  });

  it('compare only what was measured one after the other', () => {
    // The machine slowed down by half between the pairs: ours stayed twice as fast.
    const row = speedRow(label, 100, [
      { ours: 1, peer: 2 },
      { ours: 2, peer: 4 },
    ]);
    expect(row).toMatchObject({ ratio: 2, spread: [2, 2], unit: 'images/s', ours: 75, peer: 37.5, pairs: 2 });
  });

  it('have the lowest and highest ratio beside the median', () => {
    const row = speedRow(label, 10, [
      { ours: 1, peer: 3 },
      { ours: 1, peer: 1.5 },
      { ours: 1, peer: 2 },
    ]);
    expect([row.ratio, ...row.spread]).toEqual([2, 1.5, 3]);
  });

  it('call the quicker answer the faster one, in milliseconds an image', () => {
    const row = latencyRow({ name: 'single', target: null }, 50, [{ ours: 0.5, peer: 2 }]);
    expect(row).toMatchObject({ ratio: 4, unit: 'ms', ours: 10, peer: 40 });
  });

  it('call less memory a ratio below 1', () => {
    const row = rowOf({ ...label, unit: 'MB' }, [{ ours: 300, peer: 600 }]);
    expect(row.ratio).toBe(0.5);
  });
});

describe('a section of results', () => {
  const rows: Row[] = [speedRow(label, 100, [{ ours: 1, peer: 2.5 }])];
  const machine: Machine = {
    system: ['Test CPU x 2, 8 GB, linux; load 0.3 before the start'],
    device: 'cpu',
    tensorflow: '2.21.0',
    threads: '2 threads',
    ours: 'Node 24',
    peerName: 'Keras',
    peer: 'Keras 3',
    commit: null,
    date: '2026-01-02',
  };

  it('has the rows, the command, the machine and the versions', () => {
    const section = resultsSection(rows, machine, ['--quick', '--write'], null);
    for (const fact of [
      'Run of 2026-01-02: `npm run bench -- --quick --write`',
      '| train/mobile_net/batch-32 | 2.50 | 2.50 | 2.50 | >= 3 | 1 |',
      'Test CPU x 2',
      'TensorFlow 2.21.0; both sides on the CPU',
      'Node 24',
      'Keras 3',
    ])
      expect(section).toContain(fact);
  });

  it('keeps the rows that were not measured again, each with its commit', () => {
    const other = speedRow({ name: 'predict/cnn1', target: null }, 100, [{ ours: 1, peer: 2 }]);
    const first = resultsSection([...rows, other], { ...machine, commit: 'aaaaaaa' }, [], null);
    const faster = speedRow(label, 100, [{ ours: 1, peer: 4 }]);
    const second = resultsSection([faster], { ...machine, commit: 'bbbbbbb' }, ['--only', 'train'], first);
    const table = second.split('\n').filter((line) => line.startsWith('| '));
    expect(table.slice(2)).toEqual([
      expect.stringMatching(/^\| train\/mobile_net\/batch-32 \| 4\.00 .* bbbbbbb \|$/),
      expect.stringMatching(/^\| predict\/cnn1 \| 2\.00 .* aaaaaaa \|$/),
    ]);
    expect(resultsSection([faster], machine, [], null)).not.toContain('predict/cnn1');
  });

  it('names the other peer', () => {
    expect(resultsSection(rows, { ...machine, peerName: 'PyTorch' }, [], null)).toContain(
      '| ours / PyTorch |',
    );
  });

  it('lines its columns up on a terminal', () => {
    const [header, row] = textTable(rows, machine).split('\n');
    expect(row!.indexOf('2.50')).toBe(header!.indexOf('ours / Keras'));
  });
});
