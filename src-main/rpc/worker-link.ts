/** A worker's link to the host that started it: Electron's channel to a utility process, or Node's to a child. Pure. */
import { parentProcessLink } from './child-process-link.ts';
import type { Link } from './link.ts';
import { type ParentPort, parentPortLink } from './utility-process-link.ts';

export function workerLink(self: NodeJS.Process & { readonly parentPort?: ParentPort } = process): Link {
  return self.parentPort ? parentPortLink(self.parentPort) : parentProcessLink(self);
}
