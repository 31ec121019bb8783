/** On what a run was made. Runs in the worker. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { remedies } from '../contract/remedies.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { Environment } from '../contract/schema/run.ts';
import { libraryVersion, usesGpu } from '../native-op.ts';
import { tf } from '../tf.ts';
import { findGpu, usualPlaces } from './gpu.ts';

/** What the library can compute on. */
const visibleDevices: readonly string[] = usesGpu ? ['CPU:0', 'GPU:0'] : ['CPU:0'];

/** @throws AppError `no-device` when the config asks for the GPU and the library sees none */
export function describeEnvironment(
  config: Pick<TrainingConfig, 'device' | 'intraOpThreads' | 'interOpThreads'>,
  productFolder: string,
): Environment {
  requireDevice(config.device);
  const processor = os.cpus()[0]?.model ?? os.arch();
  return {
    appVersion: productVersion(productFolder),
    codeVersion: codeVersion(productFolder),
    nodeVersion: process.version,
    tensorflowVersion: libraryVersion,
    tfjsVersion: tf.version_core,
    platform: `${os.platform()} ${os.arch()} ${os.release()}`,
    processor: `${processor} x ${os.availableParallelism()}`,
    device: usesGpu ? 'gpu' : 'cpu',
    deviceName: usesGpu ? (findGpu(usualPlaces(null)).cards[0] ?? 'GPU:0') : processor,
    intraOpThreads: config.intraOpThreads,
    interOpThreads: config.interOpThreads,
  };
}

/**
 * Getting the processor where the GPU was asked for is an error: the run would take days, unnoticed.
 * @throws AppError `no-device`
 */
export function requireDevice(
  asked: TrainingConfig['device'],
  devices: readonly string[] = visibleDevices,
): void {
  if (asked !== 'gpu' || devices.some((name) => name.startsWith('GPU'))) return;
  throw new AppError(
    'no-device',
    `The GPU was asked for, but TensorFlow sees ${devices.join(', ')} alone. ${remedies(process.env).moreOnDevice}`,
  );
}

function productVersion(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** The checkout's commit, `-dirty` when its files were changed; null outside a checkout. */
function codeVersion(folder: string): string | null {
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', folder, ...parameters], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const commit = git('rev-parse', 'HEAD');
    return git('status', '--porcelain') === '' ? commit : `${commit}-dirty`;
  } catch {
    return null;
  }
}
