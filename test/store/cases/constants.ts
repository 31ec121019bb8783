/** What a test and the processes that it starts agree on. */

/** Cheap, so that a test does not wait for it. */
export const LOW_COST = { cost: 1024, block: 8, lanes: 1 };
export const PASSPHRASE = 'four words make one';
