import { expect, test } from 'vitest';
import { IdleLock } from '../../src-main/app/idle-lock.ts';
import { stoppedClock } from './stopped-clock.ts';

/** A lock that counts how often it has locked; `idleMs` may be changed. */
function countingLock(idleMs = 600_000) {
  const clock = stoppedClock();
  const counted = { locks: 0, idleMs };
  const idle = new IdleLock(
    clock,
    () => counted.idleMs,
    () => counted.locks++,
  );
  return { clock, idle, counted };
}

test('locks once nobody has done anything for the time that is set', () => {
  const { clock, idle, counted } = countingLock();
  idle.use();
  clock.advance(599_999);
  expect(counted.locks).toBe(0);
  idle.use();
  clock.advance(599_999);
  expect(counted.locks).toBe(0);
  clock.advance(1);
  expect(counted.locks).toBe(1);
});

test('locks a computer that slept before its first use is answered, though no timer has run', () => {
  const { clock, idle, counted } = countingLock();
  idle.use();
  clock.sleep(700_000);
  expect(counted.locks).toBe(0);
  idle.use();
  expect(counted.locks).toBe(1);
});

test('keeps to a time that is changed meanwhile, and to none once it is closed', () => {
  const { clock, idle, counted } = countingLock();
  idle.use();
  counted.idleMs = 60_000;
  idle.use();
  clock.advance(60_000);
  expect(counted.locks).toBe(1);
  idle.close();
  clock.advance(600_000);
  expect(counted.locks).toBe(1);
});
