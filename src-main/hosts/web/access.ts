/**
 * Who may talk to the browser host: a page of its own that was opened with a launch code. Runs in the host.
 *
 * A launch code stands in the address once and is spent by the first visit, for a cookie that scripts cannot read and
 * other sites cannot make the browser send; so no lasting secret is in a process list or a history. The names in Host
 * and Origin keep out pages of other sites, also through a name that resolves to this machine (DNS rebinding).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: 401 | 403 | 405;
  readonly message: string;
}

const LOCAL_HOST = /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/i;

/**
 * Refuses what does not come from this machine's own page. The port may be any, since a tunnel changes it.
 * @param mustHaveOrigin for what a page does by script: a browser then always names the origin
 */
export function refuseForeign(request: IncomingMessage, mustHaveOrigin: boolean): Refusal | null {
  const { host = '', origin } = request.headers;
  if (!LOCAL_HOST.test(host)) {
    return { status: 403, message: `The host "${host}" is not 127.0.0.1 or localhost.` };
  }
  if (origin === undefined ? mustHaveOrigin : origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return { status: 403, message: `The origin "${origin ?? 'none'}" is not that of the host "${host}".` };
  }
  return null;
}

export const NOT_SIGNED_IN: Refusal = {
  status: 401,
  message:
    'This window is not signed in. An address opens one window, once; run "npm start" again for a new one.',
};

export class Access {
  /** Named apart from other hosts' cookies, which a browser sends to every port of the machine. */
  readonly #cookieName = `lesion-lab-${randomBytes(4).toString('hex')}`;
  readonly #sessions = new Set<string>();
  readonly #codes = new Set<string>();
  /** What a second start of the program shows to ask for a window. */
  readonly controlKey = newSecret();

  /** A code that opens one window. */
  newLaunchCode(): string {
    const code = newSecret();
    this.#codes.add(digest(code));
    return code;
  }

  /** Takes a launch code. @returns the Set-Cookie value that signs the window in; null for a code that is spent or made up. */
  spend(code: string): string | null {
    if (!this.#codes.delete(digest(code))) return null;
    const token = newSecret();
    this.#sessions.add(digest(token));
    return `${this.#cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  isSignedIn(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const own = cookies.find((pair) => pair.startsWith(`${this.#cookieName}=`));
    return own !== undefined && this.#sessions.has(digest(own.slice(this.#cookieName.length + 1)));
  }

  hasControlKey(request: IncomingMessage): boolean {
    const given = Buffer.from(digest(request.headers.authorization ?? ''));
    return timingSafeEqual(given, Buffer.from(digest(`Bearer ${this.controlKey}`)));
  }
}

const newSecret = (): string => randomBytes(32).toString('base64url');

/** Secrets are looked up by digest, so that the time it takes tells nothing about them. */
const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex');
