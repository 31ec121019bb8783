import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listCases } from '../../bench/cases.ts';
import { torchCases } from '../../bench/torch-cases.ts';

it('compares with PyTorch the networks that torchvision has, and names those that only stand in', () => {
  const cases = torchCases(listCases({ root: '', files: [{ path: 'a.jpg', sha256: '' }], pixels: '' }));
  const names = cases.map(({ name }) => name);
  expect(names).toContain('train/res_net/batch-32 (torchvision resnet50)');
  expect(names).toContain('train/dense_net/batch-32 (torchvision densenet121)');
  expect(names).toContain('train/mobile_net/all-layers/batch-32 (torchvision mobilenet_v2)');
  for (const { task, target } of cases) {
    expect(target).toBeNull();
    const standsIn = ['mobilenet_v2', 'efficientnet_b0'].includes(task.torchvision!);
    if (task.kind === 'train') expect(task.config.trainableLayers).toBe(standsIn ? 'all' : 23);
  }
});

it.skipIf(process.platform === 'win32')('the script for GPUs stops where there is no driver', () => {
  const programs = mkdtempSync(join(tmpdir(), 'lesion-lab-path-'));
  const script = join(import.meta.dirname, '../../bench/gpu.sh');
  const { status, stderr, stdout } = spawnSync('/bin/bash', [script], {
    encoding: 'utf8',
    env: { PATH: programs },
  });
  rmSync(programs, { recursive: true });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/no NVIDIA driver.*run bench\/gpu\.sh again/);
});
