/** Short messages about what ended while a person looked elsewhere; shown by Toaster.svelte. Runs in the window. */

export interface Toast {
  readonly id: number;
  readonly title: string;
  readonly text: string;
  /** `failure` stays until it is dismissed. */
  readonly tone: 'done' | 'failure';
  /** Where there is more to see. */
  readonly link: { readonly word: string; readonly href: `#/${string}` } | null;
}

const MOST_SHOWN = 4;

export class Toasts {
  #list = $state.raw<readonly Toast[]>([]);
  #lastId = 0;

  get list(): readonly Toast[] {
    return this.#list;
  }

  /** Shows a message; the oldest goes where there are more than four. */
  show(toast: { title: string; text?: string; tone?: Toast['tone']; link?: Toast['link'] }): void {
    const { title, text = '', tone = 'done', link = null } = toast;
    const shown = { id: ++this.#lastId, title, text, tone, link };
    this.#list = [...this.#list, shown].slice(-MOST_SHOWN);
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((toast) => toast.id !== id);
  }
}
