import { expect, test } from 'vitest';
import { IdleLock } from '../../src-main/app/idle-lock.ts';
import { stoppedClock } from './stopped-clock.ts';

test('locks once nobody has done anything for the time that is set', () => {
  const clock = stoppedClock();
  let locks = 0;
  const idle = new IdleLock(
    clock,
    () => 600_000,
    () => locks++,
  );
  idle.use();
  clock.advance(599_999);
  expect(locks).toBe(0);
  idle.use();
  clock.advance(599_999);
  expect(locks).toBe(0);
  clock.advance(1);
  expect(locks).toBe(1);
});

test('locks a computer that slept before its first use is answered, though no timer has run', () => {
  const clock = stoppedClock();
  let locks = 0;
  const idle = new IdleLock(
    clock,
    () => 600_000,
    () => locks++,
  );
  idle.use();
  clock.sleep(700_000);
  expect(locks).toBe(0);
  idle.use();
  expect(locks).toBe(1);
});

test('keeps to a time that is changed meanwhile, and to none once it is closed', () => {
  const clock = stoppedClock();
  let locks = 0;
  let idleMs = 600_000;
  const idle = new IdleLock(
    clock,
    () => idleMs,
    () => locks++,
  );
  idle.use();
  idleMs = 60_000;
  idle.use();
  clock.advance(60_000);
  expect(locks).toBe(1);
  idle.close();
  clock.advance(600_000);
  expect(locks).toBe(1);
});
