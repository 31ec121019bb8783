/** Headers of every answer to a window: nothing from elsewhere runs in it, and nothing elsewhere may look into it. Pure. */

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "frame-src 'self'",
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

/** Of a report: no script at all, its own styles and pictures, within our own page; it may open the dialog for printing. */
const REPORT_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-same-origin allow-modals',
];

/** A developer's server writes styles into the page and shows its errors there. */
const DEVELOPMENT_POLICY = POLICY.filter(
  (rule) => !/^(style-src|require-trusted|trusted-types)/.test(rule),
).concat("style-src 'self' 'unsafe-inline'");

/**
 * @param connections what the page may reach by script, as in `connect-src`
 * @param isDevelopment whether the page comes from a developer's server
 */
export function securityHeaders(
  connections: readonly string[],
  isDevelopment = false,
): Record<string, string> {
  const rules = isDevelopment ? DEVELOPMENT_POLICY : POLICY;
  const policy = [...rules, `connect-src ${connections.length > 0 ? connections.join(' ') : "'none'"}`];
  return { 'Content-Security-Policy': policy.join('; '), ...HEADERS };
}

export function reportHeaders(): Record<string, string> {
  return {
    ...HEADERS,
    'Content-Security-Policy': REPORT_POLICY.join('; '),
    'Content-Type': 'text/html; charset=utf-8',
  };
}
