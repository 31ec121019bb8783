/** Headers of every answer: nothing from elsewhere runs in the window, and nothing elsewhere may look into it. Runs in the host. */
import type { ServerResponse } from 'node:http';

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
  'Cache-Control': 'no-store',
};

/** @param host the checked name that the page knows this host by; its WebSocket is all that the page may reach. */
export function setSecurityHeaders(response: ServerResponse, host: string | null): void {
  const connections = host === null ? "connect-src 'none'" : `connect-src 'self' ws://${host}`;
  response.setHeader('Content-Security-Policy', [...POLICY, connections].join('; '));
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}
