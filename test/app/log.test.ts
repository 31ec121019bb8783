import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog } from '../../src-main/app/log.ts';
import { temporaryFolder } from '../store/temporary.ts';

test('a line is in the file as soon as it is written', () => {
  const file = join(temporaryFolder(), 'logs', 'lesion-lab.log');
  openLog(file).warn({ run: 3 }, 'stopped');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ run: 3, msg: 'stopped' });
});

test.runIf(process.platform === 'linux')(
  'a disk that is full ends nothing but the log (Linux alone has one)',
  () => {
    const log = openLog('/dev/full');
    for (const line of ['one', 'another']) expect(() => log.error(line)).not.toThrow();
  },
);
