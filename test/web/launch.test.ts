/** How the program starts, finds or opens a window, and ends. */
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { apiContract } from '../../src-main/contract/api.ts';
import { readOptions } from '../../src-main/hosts/launch-options.ts';
import {
  browserArguments,
  findBrowser,
  hasDisplay,
  type System,
} from '../../src-main/hosts/web/app-window.ts';
import { announceInstance, askRunningInstance } from '../../src-main/hosts/web/instance-file.ts';
import { watchLastWindow } from '../../src-main/hosts/web/last-window.ts';
import { createWindows } from '../../src-main/hosts/web/windows.ts';
import { connect } from '../../src-main/rpc/client.ts';
import { memoryLinkPair } from '../../src-main/rpc/memory-link.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openHost } from './open-host.ts';

describe('the command line', () => {
  const place = { env: { HOME: '/home/a' }, platform: 'linux', home: '/home/a' } as const;

  test('is read, with the usual data folder', () => {
    expect(readOptions([], place)).toEqual({
      web: false,
      open: true,
      port: 0,
      dataFolder: '/home/a/.local/share/lesion-lab',
      allowed: ['/home/a', '/home/a/.local/share'],
      dev: false,
    });
    const given = [
      '--web',
      '--no-open',
      '--port',
      '8080',
      '--data-dir',
      '/d/lab',
      '--allow',
      '/e',
      '--allow',
      '/f',
    ];
    expect(readOptions(given, place)).toEqual({
      web: true,
      open: false,
      port: 8080,
      dataFolder: '/d/lab',
      allowed: ['/home/a', '/d', '/e', '/f'],
      dev: false,
    });
    expect(readOptions(['--help'], place)).toBeNull();
  });

  test.each([[['--prot', '80']], [['--port', '70000']], [['--port', 'x']], [['extra']], [['--port']]])(
    '%j is refused in words',
    (given) => {
      expect(() => readOptions(given, place)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    },
  );
});

/** A folder for PATH with a program named chromium that runs this script. */
function systemWithBrowser(script: string): System {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'chromium'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'chromium'), 0o755);
  return { platform: 'linux', env: { PATH: `/nowhere:${folder}`, DISPLAY: ':1' }, userId: 1000 };
}

describe.skipIf(process.platform === 'win32')('a window', () => {
  test('needs a browser and a display', () => {
    const system = systemWithBrowser('exit 0');
    expect(findBrowser(system)).toMatch(/chromium$/);
    expect(findBrowser({ ...system, env: { PATH: '/nowhere' } })).toBeNull();
    expect(
      [system, { ...system, env: {} }, { ...system, env: { WAYLAND_DISPLAY: 'w' } }].map(hasDisplay),
    ).toEqual([true, false, true]);
  });

  test('is the page alone, in a profile of its own, and fetches nothing by itself', () => {
    const system = systemWithBrowser('exit 0');
    const given = browserArguments('http://127.0.0.1:1/?code=a', '/data/profile', system);
    expect(given).toContain('--app=http://127.0.0.1:1/?code=a');
    expect(given).toContain('--user-data-dir=/data/profile');
    for (const quiet of ['background-networking', 'component-update', 'sync']) {
      expect(given).toContain(`--disable-${quiet}`);
    }
    expect(given).not.toContain('--no-sandbox');
    expect(browserArguments('a', 'b', { ...system, userId: 0 })).toContain('--no-sandbox');
  });

  function openWindows(system: System) {
    const said: string[] = [];
    let addresses = 0;
    const windows = createWindows({
      dataFolder: temporaryFolder(),
      system,
      newAddress: () => `http://127.0.0.1:1/?code=${++addresses}`,
      say: (line) => said.push(line),
    });
    onTestFinished(() => windows.close());
    return { windows, said };
  }

  test('is an address to open by hand where that is wanted or all that can be done', () => {
    const { windows } = openWindows({ platform: 'linux', env: { PATH: '/nowhere', DISPLAY: ':1' } });
    expect(windows.open(false)).toContain('http://127.0.0.1:1/?code=1');
    const wanted = openWindows(systemWithBrowser('exit 0')).windows;
    expect(wanted.open(true)).toContain('http://127.0.0.1:1/?code=1');
    wanted.count(1);
    wanted.count(0);
    expect(wanted.allClosed()).toBe(false);
  });

  test('that the browser fails to open is told, with an address in its place', async () => {
    const { windows, said } = openWindows(systemWithBrowser('exit 3'));
    expect(windows.open(false)).not.toContain('code=');
    while (said.length === 0) await sleep(10);
    expect(said[0]).toMatch(/exit code 3.*code=2/);
  });

  test('that was opened and closed leaves none', () => {
    const { windows } = openWindows(systemWithBrowser('exec sleep 60'));
    windows.open(false);
    expect(windows.allClosed()).toBe(false);
    windows.count(1);
    expect(windows.allClosed()).toBe(false);
    windows.count(0);
    expect(windows.allClosed()).toBe(true);
  });
});

describe('a second start', () => {
  test('asks the first one for a window, and starts anew once that is gone', async () => {
    const { host, dataFolder } = await openHost();
    expect(await askRunningInstance(dataFolder, false)).toBeNull();
    const withdraw = announceInstance(dataFolder, host);
    const note = join(dataFolder, 'browser-host.json');
    if (process.platform !== 'win32') expect(statSync(note).mode & 0o777).toBe(0o600);
    expect(await askRunningInstance(dataFolder, false)).toBe('a window was opened');
    withdraw();
    expect(existsSync(note)).toBe(false);
  });

  test('is not held up by the note of a dead one, nor by one that is damaged', async () => {
    const folder = temporaryFolder();
    announceInstance(folder, { port: 1, controlKey: 'of-a-dead-host' });
    expect(await askRunningInstance(folder, false)).toBeNull();
    writeFileSync(join(folder, 'browser-host.json'), '{"port":');
    expect(await askRunningInstance(folder, false)).toBeNull();
  });

  test('leaves the note of a newer host alone', () => {
    const folder = temporaryFolder();
    const withdraw = announceInstance(folder, { port: 1, controlKey: 'old' });
    announceInstance(folder, { port: 2, controlKey: 'new' });
    withdraw();
    expect(readFileSync(join(folder, 'browser-host.json'), 'utf8')).toContain('new');
  });
});

test('the program ends after its last window, but not before the training', async () => {
  const { app } = await openHost('hold');
  const link = () => {
    const [near, far] = memoryLinkPair();
    app.attach(far);
    return near;
  };
  const client = connect(link(), apiContract);
  const { dataset } = await client.call('dataset.import', { root: '/data/sample' });
  const held = new Promise<void>((resolve) =>
    client.on('run.progress', ({ progress }) => {
      if (progress.epoch === 2) resolve();
    }),
  );
  const { id } = await client.call('run.start', { datasetId: dataset.id, settings: { model: 'cnn1' } });
  await held;

  const told: string[] = [];
  let closed = false;
  const events = new EventTarget();
  const tell = (what: string) => () => {
    told.push(what);
    events.dispatchEvent(new Event(what));
  };
  const onChange = watchLastWindow({
    link: link(),
    allClosed: () => closed,
    onTrainingOn: tell('goes on'),
    onEnd: tell('end'),
    graceMs: 5,
  });
  onChange();
  closed = true;
  const goesOn = once(events, 'goes on');
  onChange();
  await goesOn;
  const end = once(events, 'end');
  await client.call('run.cancel', { id });
  await end;
  expect(told).toEqual(['goes on', 'end']);
});
