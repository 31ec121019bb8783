/** What a person says of a release, and the release that comes of it. */
import type { ItemProgress } from '../../src-main/contract/schema/job.ts';
import { type ReleaseSummary, ReleaseTargets, ReleaseText } from '../../src-main/contract/schema/release.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain, isCancelled } from '../lib/explain.ts';

/** As number fields give them: null while one is empty. */
type Shares = { -readonly [Key in keyof ReleaseTargets]: number | null };

export class ReleaseForm {
  name = $state('');
  version = $state('1.0.0');
  intendedUse = $state('');
  limits = $state('');
  licence = $state('');
  isNonCommercial = $state(false);
  contact = $state('');
  shares = $state<Shares>(ReleaseTargets.parse({}));
  isSigned = $state(false);

  #progress = $state.raw<ItemProgress | null>(null);
  #cancel = $state.raw<AbortController | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #released = $state.raw<ReleaseSummary | null>(null);
  readonly #api: Api;
  readonly #runId: number;
  readonly #stop: () => void;

  constructor(api: Api, runId: number, known: { name: string; isHam10000: boolean }) {
    this.#api = api;
    this.#runId = runId;
    this.name = known.name;
    if (known.isHam10000) {
      this.licence = 'CC BY-NC 4.0';
      this.isNonCommercial = true;
    }
    this.#stop = api.on('release.progress', ({ runId: id, ...progress }) => {
      if (id === runId) this.#progress = progress;
    });
  }

  get progress(): ItemProgress | null {
    return this.#progress;
  }

  get isReleasing(): boolean {
    return this.#cancel !== null;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  get released(): ReleaseSummary | null {
    return this.#released;
  }

  /** What is still wrong, for the field that it is of; null: nothing. */
  get problem(): { readonly field: string; readonly words: string } | null {
    const text = ReleaseText.safeParse(this.#text());
    const issue = text.error?.issues[0];
    if (issue) {
      const field = String(issue.path[0]);
      return {
        field,
        words:
          field === 'version'
            ? `The version ${issue.message}.`
            : 'Say what is asked for, in fewer characters.',
      };
    }
    const targets = ReleaseTargets.safeParse(this.shares);
    const share = targets.error?.issues[0];
    if (!share) return null;
    return {
      field: String(share.path[0]),
      words: 'A share is a number between 0 and 1 (of familiar pictures: above 0.5).',
    };
  }

  async release(): Promise<void> {
    if (this.problem) return;
    const cancel = new AbortController();
    this.#cancel = cancel;
    this.#failure = null;
    this.#progress = null;
    try {
      const text = ReleaseText.parse(this.#text());
      const targets = ReleaseTargets.parse(this.shares);
      const request = { runId: this.#runId, text, targets, sign: this.isSigned };
      this.#released = await this.#api.call('release.create', request, { signal: cancel.signal });
    } catch (thrown) {
      if (!isCancelled(thrown))
        this.#failure = explain(thrown, 'No model was released; the run is as it was.');
    } finally {
      this.#cancel = null;
    }
  }

  cancel(): void {
    this.#cancel?.abort();
  }

  close(): void {
    this.cancel();
    this.#stop();
  }

  #text() {
    const { name, version, intendedUse, limits, isNonCommercial } = this;
    const [licence, contact] = [this.licence.trim(), this.contact.trim()];
    return {
      name,
      version,
      intendedUse,
      limits,
      isNonCommercial,
      ...(licence === '' ? {} : { licence }),
      contact: contact === '' ? null : contact,
    };
  }
}
