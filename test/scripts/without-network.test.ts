/** The namespace in which the tests run: nothing gets out of it, and what tries to is counted. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browserArguments, findBrowser, type System } from '../../src-main/hosts/web/app-window.ts';
import { temporaryFolder } from '../store/temporary.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/without-network.sh');
const system: System = { platform: process.platform, env: process.env, userId: process.getuid?.() };
const browser = findBrowser(system);
const IS_POSSIBLE = process.platform === 'linux' && spawnSync(SCRIPT, ['/dev/null', 'true']).status === 0;
if (!IS_POSSIBLE) process.stdout.write('without-network: skipped, no network namespace can be made here\n');

describe.skipIf(!IS_POSSIBLE)('without a network', () => {
  it('counts what is sent beyond the loopback, which nobody gets', () => {
    const { packets, output } = run(
      "require('net').connect(80, '198.51.100.7').on('error', ({ code }) => console.log(code))",
    );
    expect(output).toBe('EHOSTUNREACH\n');
    expect(packets).toBeGreaterThan(0);
  });

  it('counts the question for a name, too', () => {
    const resolver = "new (require('dns').Resolver)({ timeout: 500, tries: 1 })";
    const { packets } = run(
      `const r = ${resolver}; r.setServers(['198.51.100.7']); r.resolve4('example.org', () => undefined)`,
    );
    expect(packets).toBeGreaterThan(0);
  });

  it('counts nothing of what stays on this machine', () => {
    const { packets, output } = run(
      "const n = require('net'); const s = n.createServer((c) => { c.end('here'); s.close(); }).listen(0, '127.0.0.1', () => n.connect(s.address().port, '127.0.0.1').pipe(process.stdout))",
    );
    expect(output).toBe('here');
    expect(packets).toBe(0);
  });

  it.skipIf(!browser)(
    `has nothing to count of a browser as the product starts it${browser ? '' : ' (skipped: no browser is installed)'}`,
    () => {
      const profile = temporaryFolder();
      const file = join(temporaryFolder(), 'packets');
      const parameters = [...browserArguments('about:blank', profile, system), '--headless=new'];
      // long enough for the questions that a browser asks by itself once it is up: without the flags it asks within 5 seconds
      spawnSync(SCRIPT, [file, 'timeout', '12', browser!, ...parameters]);
      expect(Number(readFileSync(file, 'utf8'))).toBe(0);
    },
  );

  it('ends as its command ends', () => {
    expect(spawnSync(SCRIPT, [join(temporaryFolder(), 'packets'), 'sh', '-c', 'exit 7']).status).toBe(7);
  });
});

function run(code: string): { packets: number; output: string } {
  const file = join(temporaryFolder(), 'packets');
  const output = execFileSync(SCRIPT, [file, process.execPath, '-e', code], { encoding: 'utf8' });
  return { packets: Number(readFileSync(file, 'utf8')), output };
}
