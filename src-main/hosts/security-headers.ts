/** Headers of every answer to a window: nothing from elsewhere runs in it, and nothing elsewhere may look into it. Pure. */

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
];

const HEADERS = {
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  // Pictures of patients are on no disk but the one that they came from.
  'Cache-Control': 'no-store',
};

/** @param connections what the page may reach by script, as in `connect-src` */
export function securityHeaders(connections: readonly string[]): Record<string, string> {
  const policy = [...POLICY, `connect-src ${connections.length > 0 ? connections.join(' ') : "'none'"}`];
  return { 'Content-Security-Policy': policy.join('; '), ...HEADERS };
}
