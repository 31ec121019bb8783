/** The inside of a window: a real page of Chromium, with the product's preload script in it. Written from electron.d.ts. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type Electron from 'electron';
import type { BrowserContext, Frame, Page, Route } from 'playwright';
import { StandInEvent } from './app.ts';
import type { StandInElectron } from './index.ts';
import { DELIVER, pageScript, SEND } from './page-side.ts';

type Used = 'isDestroyed' | 'reload' | 'send' | 'setWindowOpenHandler' | 'printToPDF';

/** Of `marginType: 'default'`, which is what is taken where nothing is said. */
const DEFAULT_MARGINS = { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' };

class NavigationEvent extends StandInEvent {
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
  }
}

export class StandInContents extends EventEmitter implements Pick<Electron.WebContents, Used> {
  readonly page: Promise<Page>;
  readonly openedWindows: string[] = [];
  mainFrame: { url: string } = { url: '' };
  readonly #electron: StandInElectron;
  #openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] = () => ({ action: 'allow' });
  #isDestroyed = false;
  /** Navigation that the main process asked for, which no event can prevent. */
  #isOwnNavigation = false;

  constructor(electron: StandInElectron, preferences: Electron.WebPreferences) {
    super();
    this.#electron = electron;
    this.page = this.#open(preferences);
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }
  setWindowOpenHandler(handler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0]): void {
    this.#openHandler = handler;
  }
  send(channel: string, ...args: unknown[]): void {
    const call = `window.${DELIVER}(${JSON.stringify(channel)}, ${JSON.stringify(structuredClone(args))})`;
    void this.#askOfPage((page) => page.evaluate(call));
  }
  reload(): void {
    void this.#askOfPage((page) => page.reload());
  }

  /** Chromium's own print path, in pixels of CSS as there. */
  async printToPDF({ pageSize, printBackground }: Electron.PrintToPDFOptions): Promise<Buffer> {
    const page = await this.page;
    const format = typeof pageSize === 'string' ? pageSize : 'Letter';
    return page.pdf({ format, printBackground: printBackground ?? false, margin: DEFAULT_MARGINS });
  }

  /** Whether page and main process let the page go. A browser without a screen asks no page, so it is asked as Chromium would ask it. */
  async mayUnload(): Promise<boolean> {
    let isHeld = false;
    await this.#askOfPage(async (page) => {
      isHeld = await page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))");
    });
    if (!isHeld) return true;
    const event = new StandInEvent();
    this.emit('will-prevent-unload', event);
    return event.defaultPrevented;
  }

  async load(address: string): Promise<void> {
    const page = await this.page;
    this.#isOwnNavigation = true;
    await page.goto(this.#electron.pages.toBrowser(address));
    this.#isOwnNavigation = false;
  }

  async destroy(): Promise<void> {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.emit('destroyed');
    const page = await this.page;
    // The browser may be closed already, and the page with it.
    await page
      .context()
      .close()
      .catch(() => undefined);
  }

  /** A page that goes away meanwhile gets nothing, and nobody is told, as in Electron. */
  async #askOfPage(ask: (page: Page) => Promise<unknown>): Promise<void> {
    try {
      await ask(await this.page);
    } catch (error) {
      const isGone = /navigat|context was destroyed|closed/i.test((error as Error).message);
      if (!this.#isDestroyed && !isGone) throw error;
    }
  }

  async #open({
    preload,
    sandbox,
    contextIsolation,
    nodeIntegration,
    javascript = true,
  }: Electron.WebPreferences): Promise<Page> {
    if (!sandbox || !contextIsolation || nodeIntegration)
      throw new Error('This stand-in is of a sandboxed window.');
    const { session, browser, paths } = this.#electron;
    const permissions = (['notifications', 'geolocation', 'clipboard-read'] as const).filter((name) =>
      session.grants(name),
    );
    const context: BrowserContext = await browser.newContext({
      permissions,
      javaScriptEnabled: javascript,
      viewport: { width: 1280, height: 800 },
    });
    // a window that the page opens begins to load before it can be closed, which Electron's own does not
    await context.route('**/*', (route) => route.abort('blockedbyclient'));
    const page = await context.newPage();
    page.setDefaultTimeout(90_000);
    if (preload) {
      await page.exposeBinding(SEND, ({ frame }, channel: string, args: unknown[]) =>
        this.#receive(frame, channel, args),
      );
      await page.addInitScript({ content: pageScript(readFileSync(preload, 'utf8'), paths) });
    }
    await page.route('**/*', (route) => this.#decide(route));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.mainFrame.url = this.#electron.pages.fromBrowser(frame.url());
    });
    page.on('popup', (popup) => {
      const url = popup.url();
      if (this.#openHandler({ url } as Electron.HandlerDetails).action === 'allow')
        this.openedWindows.push(url);
      void popup.close();
    });
    return page;
  }

  #receive(frame: Frame, channel: string, args: unknown[]): void {
    const isMain = frame === frame.page().mainFrame();
    const senderFrame = isMain ? this.mainFrame : { url: this.#electron.pages.fromBrowser(frame.url()) };
    this.#electron.ipcMain.emit(channel, { sender: this, senderFrame }, ...args);
  }

  /** As the network service does: navigation asks the page's owner, then everything asks the session. */
  async #decide(route: Route): Promise<void> {
    const request = route.request();
    const url = this.#electron.pages.fromBrowser(request.url());
    if (request.isNavigationRequest() && !this.#isOwnNavigation) {
      const event = new NavigationEvent(url);
      const isMain = request.frame() === request.frame().page().mainFrame();
      if (isMain) this.emit('will-navigate', event);
      this.emit('will-frame-navigate', event);
      if (event.defaultPrevented) return route.abort('aborted');
    }
    if (this.#electron.session.isCancelled(url)) return route.abort('blockedbyclient');
    return route.continue();
  }
}
