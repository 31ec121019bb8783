/** Answers of the application that come as late as a story wants, and in its order; all others, and events, come as they do. */
import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { ApiContract } from '../../src-main/contract/api.ts';
import { ToClient, ToServer } from '../../src-main/contract/wire.ts';

export interface LateAnswers {
  /** From now on the answers to this procedure wait. Null: no more do; those that wait still do. */
  hold(procedure: keyof ApiContract['procedures'] | null): void;
  /** Resolves once so many wait. */
  waiting(count: number): Promise<void>;
  /** Lets those that wait come, the first one first unless said otherwise. Resolves when the page has had time to show them. */
  arrive(order?: 'last first'): Promise<void>;
}

/** An answer with a picture in it takes a page some moments. What is wrongly taken is seen after them; nothing waits in vain for less. */
const SHOWN_MS = 300;

/** Loads the page anew, since it must connect once more. */
export async function lateAnswers(page: Page): Promise<LateAnswers> {
  const late: (() => void)[] = [];
  let held: string | null = null;
  await page.routeWebSocket(/\/api$/, (socket) => {
    const host = socket.connectToServer();
    const asked = new Set<number>();
    socket.onMessage((text) => {
      const message = ToServer.parse(JSON.parse(String(text)));
      if (message.type === 'request' && message.procedure === held) asked.add(message.id);
      host.send(text);
    });
    host.onMessage((text) => {
      const message = ToClient.parse(JSON.parse(String(text)));
      if (message.type === 'response' && asked.delete(message.id)) late.push(() => socket.send(text));
      else socket.send(text);
    });
  });
  await page.reload();
  return {
    hold(procedure) {
      held = procedure;
    },
    async waiting(count) {
      await expect.poll(() => late.length).toBe(count);
    },
    async arrive(order) {
      const coming = late.splice(0);
      for (const come of order ? coming.reverse() : coming) come();
      await page.evaluate(`new Promise((resolve) => setTimeout(resolve, ${SHOWN_MS}))`);
    },
  };
}
