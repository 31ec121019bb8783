/**
 * Keeps Chromium itself, in Electron or as a browser, from asking for names on the internet (update.googleapis.com,
 * accounts.google.com), which it does whatever its other switches say: no name is looked up but the machine's own, and nothing goes to a
 * proxy. Switches of Chromium, with their values.
 */
export const ONLY_LOOPBACK = [
  ['host-resolver-rules', 'MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost'],
  ['no-proxy-server', ''],
] as const;
