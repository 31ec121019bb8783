/** Both sides as small programs that speak the benchmark's lines; nothing here loads TensorFlow. */
import { afterEach, describe, expect, it } from 'vitest';
import { closeSides, openSides, type Sides } from '../../bench/measure.ts';
import { openSide, type Program } from '../../bench/side.ts';
import type { Hello } from '../../bench/task.ts';

const program = (script: string): Program => ({
  command: process.execPath,
  parameters: ['-e', script],
  environment: {},
});

/** Says hello, then answers every line with 1, 2, 3 … seconds until its input ends. */
const counting = (hello: Partial<Hello> = {}): Program =>
  program(`
    const lines = require('node:readline').createInterface({ input: process.stdin });
    const say = (value) => console.log(JSON.stringify(value));
    say(${JSON.stringify({ tensorflow: '2.21.0', device: 'cpu', versions: '', ...hello })});
    let seconds = 0;
    lines.on('line', () => say({ seconds: ++seconds }));
  `);

let opened: Sides | null = null;
afterEach(async () => {
  if (opened) await closeSides(opened);
  opened = null;
});

describe('the two sides', () => {
  it('answer one request after the other', async () => {
    opened = await openSides(counting(), counting());
    expect([await opened.ours.measure(), await opened.peer.measure(), await opened.ours.measure()]).toEqual([
      1, 1, 2,
    ]);
  });

  it('are refused when they run different libraries or devices', async () => {
    await expect(openSides(counting(), counting({ tensorflow: '2.20.0' }))).rejects.toThrow(
      'Ours runs TensorFlow 2.21.0 on the CPU, the peer TensorFlow 2.20.0 on the CPU',
    );
    await expect(openSides(counting({ device: 'gpu' }), counting())).rejects.toThrow(/GPU.*CPU/);
  });

  it('say why they ended', async () => {
    const failing = program("console.error('no module named keras'); process.exitCode = 3;");
    await expect(openSide(failing)).rejects.toThrow(/ended with 3:\nno module named keras/);
    await expect(openSides(counting(), failing)).rejects.toThrow('no module named keras');
    await expect(openSide({ ...failing, command: '/nowhere/python' })).rejects.toThrow('ENOENT');
  });

  it('report the end of a side that stops in the middle', async () => {
    const brief = program(`
      console.log('{}');
      process.stdin.once('data', () => { console.error('out of memory'); process.exit(9); });
    `);
    const side = await openSide(brief);
    await expect(side.measure()).rejects.toThrow('out of memory');
    await side.close();
  });
});
