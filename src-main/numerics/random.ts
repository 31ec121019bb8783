/**
 * Seeded random numbers with a state that fits in a checkpoint. Pure; runs in every process.
 *
 * Generator: xoshiro128** 1.1 (Blackman & Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 2021),
 * its state filled from the seed by a 32-bit SplitMix. Same seed, same numbers, on every machine and engine
 * (`normal` goes through Math.log and Math.cos, whose last bit an engine may choose).
 */

/** The four words of xoshiro128**: plain data, not all zero. */
export type RandomState = readonly [number, number, number, number];

export interface Random {
  /** Uniform integer in [0, 2^32). */
  uint32(): number;
  /** Uniform in [0, 1) with 53 random bits. */
  float(): number;
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** Uniform integer in [0, bound), without modulo bias. @throws RangeError unless 1 <= bound <= 2^32. */
  integer(bound: number): number;
  /** Standard normal. */
  normal(): number;
  /** A shuffled copy (Fisher-Yates); the array given stays as it is. */
  shuffle<T>(items: readonly T[]): T[];
  /** What `restoreRandom` needs to go on from here. */
  state(): RandomState;
}

const TWO_POW_32 = 2 ** 32;

/** A generator from a seed. @throws RangeError unless the seed is an integer in [0, 2^32). */
export function createRandom(seed: number): Random {
  const next = splitMix32(requireUint32(seed, 'seed'));
  return restoreRandom([next(), next(), next(), next()]);
}

/**
 * A generator that goes on where `state()` was taken.
 * @throws RangeError unless the state is four integers in [0, 2^32), not all zero.
 */
export function restoreRandom(state: RandomState): Random {
  if (state.length !== 4 || state.every((word) => word === 0)) {
    throw new RangeError(`random state must be four words, not all zero; received [${state}]`);
  }
  const s = Uint32Array.from(state, (word) => requireUint32(word, 'word of a random state'));
  const uint32 = () => nextXoshiro128(s);
  const float = () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
  const integer = (bound: number) => boundedInteger(uint32, bound);
  return {
    uint32,
    float,
    integer,
    uniform: (low, high) => low + (high - low) * float(),
    normal: () => Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float()),
    shuffle: (items) => {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const chosen = integer(last + 1);
        const kept = shuffled[last]!;
        shuffled[last] = shuffled[chosen]!;
        shuffled[chosen] = kept;
      }
      return shuffled;
    },
    state: () => [s[0]!, s[1]!, s[2]!, s[3]!],
  };
}

/**
 * A seed for one purpose, from a run's seed and labels that name the purpose, e.g. `deriveSeed(123, 'augment', epoch)`.
 * Different labels (also `1` and `'1'`, or `'ab', 'c'` and `'a', 'bc'`) give unrelated seeds.
 * @throws RangeError for a seed that is not a uint32 or a label that is a number without a finite value.
 */
export function deriveSeed(seed: number, ...labels: readonly (string | number)[]): number {
  for (const label of labels) {
    if (typeof label === 'number' && !Number.isFinite(label)) {
      throw new RangeError(
        `a label of a derived seed must be a string or a finite number; received ${label}`,
      );
    }
  }
  return murmurHash3(JSON.stringify(labels), requireUint32(seed, 'seed'));
}

/** MurmurHash3_x86_32 (Appleby 2011) of the text's UTF-8 bytes. */
export function murmurHash3(text: string, seed: number): number {
  const bytes = new TextEncoder().encode(text);
  const tail = bytes.length & ~3;
  let hash = seed | 0;
  for (let i = 0; i < tail; i += 4) {
    hash ^= scramble(bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    hash = (Math.imul(rotateLeft(hash, 13), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = bytes.length - 1; i >= tail; i--) rest = (rest << 8) | bytes[i]!;
  if (tail < bytes.length) hash ^= scramble(rest);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(word: number): number {
  return Math.imul(rotateLeft(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
}

function nextXoshiro128(s: Uint32Array): number {
  const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
  const shifted = s[1]! << 9;
  s[2]! ^= s[0]!;
  s[3]! ^= s[1]!;
  s[1]! ^= s[2]!;
  s[0]! ^= s[3]!;
  s[2]! ^= shifted;
  s[3] = rotateLeft(s[3]!, 11);
  return result;
}

/** SplitMix (Steele, Lea & Flood 2014) narrowed to 32 bits, with Wellons's low-bias finaliser. */
function splitMix32(seed: number): () => number {
  let counter = seed;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = counter;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

/** Draws again while the draw falls in the incomplete last stretch of `bound` numbers below 2^32. */
function boundedInteger(uint32: () => number, bound: number): number {
  if (!Number.isInteger(bound) || bound < 1 || bound > TWO_POW_32) {
    throw new RangeError(`bound of a random integer must be an integer from 1 to 2^32; received ${bound}`);
  }
  const limit = TWO_POW_32 - (TWO_POW_32 % bound);
  let drawn = uint32();
  while (drawn >= limit) drawn = uint32();
  return drawn % bound;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function requireUint32(value: number, what: string): number {
  if (!Number.isInteger(value) || value < 0 || value >= TWO_POW_32) {
    throw new RangeError(`${what} must be an integer in [0, 2^32); received ${value}`);
  }
  return value;
}
