/** The rest of what the main process uses: protocols, the session, dialogs, the menu. Written from electron.d.ts. */
import type Electron from 'electron';
import type { StandInApp } from './app.ts';

export class StandInProtocol implements Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'> {
  readonly schemes: Electron.CustomScheme[] = [];
  readonly #handlers = new Map<
    string,
    (request: GlobalRequest) => GlobalResponse | Promise<GlobalResponse>
  >();
  readonly #app: StandInApp;

  constructor(app: StandInApp) {
    this.#app = app;
  }
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    this.#app.mustComeBeforeReady('protocol.registerSchemesAsPrivileged');
    this.schemes.push(...schemes);
  }
  handle(
    scheme: string,
    handler: (request: GlobalRequest) => GlobalResponse | Promise<GlobalResponse>,
  ): void {
    if (!this.#app.isReady()) throw new Error('protocol.handle can only be called after app is ready');
    this.#handlers.set(scheme, handler);
  }
  answer(request: Request): Promise<Response> {
    const handler = this.#handlers.get('app');
    if (!handler) throw new Error('net::ERR_UNKNOWN_URL_SCHEME');
    return Promise.resolve(handler(request));
  }
}

type BeforeRequest = (
  details: Electron.OnBeforeRequestListenerDetails,
  callback: (response: Electron.CallbackResponse) => void,
) => void;
type UsedOfSession =
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setSpellCheckerEnabled';

export class StandInSession implements Pick<Electron.Session, UsedOfSession> {
  spellChecks = true;
  allowsDevices = true;
  #permission: Parameters<Electron.Session['setPermissionRequestHandler']>[0] = null;
  #check: Parameters<Electron.Session['setPermissionCheckHandler']>[0] = null;
  #before: BeforeRequest | null = null;
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest) => {
      this.#before = listener;
    },
  } as Electron.WebRequest;

  setPermissionRequestHandler(handler: Parameters<Electron.Session['setPermissionRequestHandler']>[0]): void {
    this.#permission = handler;
  }
  setPermissionCheckHandler(handler: Parameters<Electron.Session['setPermissionCheckHandler']>[0]): void {
    this.#check = handler;
  }
  setDevicePermissionHandler(): void {
    this.allowsDevices = false;
  }
  setSpellCheckerEnabled(enable: boolean): void {
    this.spellChecks = enable;
  }

  /** Electron grants whatever no handler refuses. */
  grants(permission: 'notifications' | 'geolocation' | 'clipboard-read'): boolean {
    let isGranted = true;
    const details = {} as Electron.PermissionRequest;
    this.#permission?.(
      {} as Electron.WebContents,
      permission,
      (granted) => {
        isGranted = granted;
      },
      details,
    );
    const check = this.#check?.(null, permission, '', {} as Electron.PermissionCheckHandlerHandlerDetails);
    return isGranted && (check ?? true);
  }

  isCancelled(url: string): boolean {
    let isCancelled = false;
    this.#before?.({ url } as Electron.OnBeforeRequestListenerDetails, ({ cancel }) => {
      isCancelled = cancel ?? false;
    });
    return isCancelled;
  }
}

/** Answers with what the test has put ready, and notes what was shown. */
export class StandInDialog implements Pick<Electron.Dialog, 'showErrorBox'> {
  readonly errors: string[] = [];
  readonly messages: Electron.MessageBoxOptions[] = [];
  readonly responses: number[] = [];
  readonly folders: string[] = [];

  showErrorBox(_title: string, content: string): void {
    this.errors.push(content);
  }
  async showMessageBox(
    ...given: [Electron.BaseWindow, Electron.MessageBoxOptions] | [Electron.MessageBoxOptions]
  ): Promise<Electron.MessageBoxReturnValue> {
    const options = given.at(-1) as Electron.MessageBoxOptions;
    this.messages.push(options);
    return { response: this.responses.shift() ?? options.cancelId ?? 0, checkboxChecked: false };
  }
  async showOpenDialog(): Promise<Electron.OpenDialogReturnValue> {
    const folder = this.folders.shift();
    return folder === undefined
      ? { canceled: true, filePaths: [] }
      : { canceled: false, filePaths: [folder] };
  }
}
