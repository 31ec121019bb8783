/**
 * Pictures that a released model is asked about, one after the other, and its answers. Only the newest question counts: what an
 * earlier one brings is dropped. The pictures are in this window's memory and the host's, and nowhere else.
 */
import { AppError, toFailure } from '../../src-main/contract/errors.ts';
import type { QuestionedAnswer } from '../../src-main/contract/release-api.ts';
import type { Api } from '../lib/connect.ts';
import { blobOfDataUrl } from '../lib/data-url.ts';
import { type Explanation, explain } from '../lib/explain.ts';
import { holdPicture, isStillThere } from '../lib/pictures.ts';

export interface AskedPicture {
  readonly id: number;
  readonly file: File;
  readonly name: string;
  /** Of the picture inside this window; null until there is one that a browser can show. */
  readonly address: string | null;
  /** By which the host holds it. */
  readonly held: string | null;
  readonly status: 'waiting' | 'asking' | 'answered' | 'failed';
  readonly result: QuestionedAnswer | null;
  readonly failure: Explanation | null;
}

const USUAL_LEVEL = 0.9;
const KEPT = 'Nothing was kept of it. Other pictures are as they were.';
/** A browser shows these by itself; of others the answer brings a picture. */
const SHOWABLE = /^image\/(jpeg|png|webp)$/;

export class Classifier {
  #pictures = $state.raw<readonly AskedPicture[]>([]);
  #currentId = $state.raw<number | null>(null);
  #level = $state.raw(USUAL_LEVEL);
  #model: string | null = null;
  #lastId = 0;
  #question: AbortController | null = null;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get pictures(): readonly AskedPicture[] {
    return this.#pictures;
  }

  /** The one that is looked at. */
  get current(): AskedPicture | null {
    return this.#pictures.find(({ id }) => id === this.#currentId) ?? null;
  }

  /** Of the sets that are looked at. */
  get level(): number {
    return this.#level;
  }

  set level(level: number) {
    this.#level = level;
  }

  /** Whom to ask; the pictures that are here are asked about again. Null: nobody, until there is one. */
  async useModel(hash: string | null): Promise<void> {
    if (hash === this.#model) return;
    this.#model = hash;
    this.#question?.abort();
    this.#pictures = this.#pictures.map((picture) => ({
      ...picture,
      status: 'waiting',
      result: null,
      failure: null,
    }));
    if (hash === null) return;
    if (this.#pictures.length > 0) return this.#answerAll();
    // What is wrong with a model is told with the first answer.
    await this.#api.call('classify.warm', { model: hash }).catch(() => undefined);
  }

  /** Asks about these in place of those before. */
  async ask(files: readonly File[]): Promise<void> {
    if (files.length === 0 || this.#model === null) return;
    this.clear();
    this.#pictures = files.map((file) => ({
      id: ++this.#lastId,
      file,
      name: file.name,
      address: SHOWABLE.test(file.type) ? URL.createObjectURL(file) : null,
      held: null,
      status: 'waiting',
      result: null,
      failure: null,
    }));
    this.#currentId = this.#pictures[0]!.id;
    await this.#answerAll();
  }

  /** Looks at another one, which is answered next if it was not yet. */
  choose(id: number): void {
    this.#currentId = id;
  }

  /** Asks once more about one that failed. */
  async askAgain(id: number): Promise<void> {
    this.#change(id, { status: 'waiting', failure: null });
    await this.#answerAll();
  }

  /** Id of a picture that the host holds now, whatever became of it since it was asked about. @throws AppError */
  async holdAgain(id: number): Promise<string> {
    const picture = this.#find(id);
    if (!picture) throw new AppError('not-found', 'The picture is not shown any more. Choose it again.');
    if (picture.held !== null && (await isStillThere(picture.held))) return picture.held;
    const held = await holdPicture(picture.file);
    this.#change(id, { held });
    return held;
  }

  /** Forgets the pictures and their answers. */
  clear(): void {
    this.#question?.abort();
    for (const { address } of this.#pictures) if (address !== null) URL.revokeObjectURL(address);
    this.#forget(this.#pictures.flatMap(({ held }) => held ?? []));
    this.#pictures = [];
    this.#currentId = null;
  }

  async #answerAll(): Promise<void> {
    this.#question?.abort();
    const question = new AbortController();
    this.#question = question;
    this.#pictures = this.#pictures.map((picture) =>
      picture.status === 'asking' ? { ...picture, status: 'waiting' } : picture,
    );
    for (let next = this.#next(); next && !question.signal.aborted; next = this.#next()) {
      await this.#answer(next, question.signal);
    }
  }

  #next(): AskedPicture | undefined {
    const waiting = this.#pictures.filter(({ status }) => status === 'waiting');
    return waiting.find(({ id }) => id === this.#currentId) ?? waiting[0];
  }

  async #answer({ id, file }: AskedPicture, signal: AbortSignal): Promise<void> {
    this.#change(id, { status: 'asking' });
    try {
      const { held, result } = await this.#put(file, this.#find(id)?.held ?? null, signal);
      if (!this.#find(id)) this.#forget([held]);
      if (signal.aborted) return;
      this.#change(id, {
        status: 'answered',
        held,
        result,
        address: this.#addressFor(id, result),
      });
    } catch (thrown) {
      if (!signal.aborted) this.#change(id, { status: 'failed', failure: explain(thrown, KEPT) });
    }
  }

  /** @throws AppError in which the picture has the name that a person knows */
  async #put(
    file: File,
    known: string | null,
    signal: AbortSignal,
  ): Promise<{ held: string; result: QuestionedAnswer }> {
    const held =
      known !== null && (await isStillThere(known, signal)) ? known : await holdPicture(file, signal);
    if (signal.aborted) this.#forget([held]);
    try {
      const input = { model: this.#model!, picture: held, level: this.#level };
      return { held, result: await this.#api.call('classify.answer', input, { signal }) };
    } catch (thrown) {
      const { code, message } = toFailure(thrown);
      throw new AppError(code, message.replaceAll(held, file.name), { cause: thrown });
    }
  }

  /** The file itself where a browser can show it, else what the answer shows. */
  #addressFor(id: number, { shown }: QuestionedAnswer): string | null {
    const picture = this.#find(id);
    if (!picture || (picture.address !== null && shown === null)) return picture?.address ?? null;
    if (picture.address !== null) URL.revokeObjectURL(picture.address);
    return URL.createObjectURL(shown === null ? picture.file : blobOfDataUrl(shown));
  }

  /** The host lets go of what nobody looks at; one that it has let go already is no failure. */
  #forget(pictures: readonly string[]): void {
    if (pictures.length === 0) return;
    void this.#api.call('classify.forget', { pictures: [...pictures] }).catch(() => undefined);
  }

  #find(id: number): AskedPicture | undefined {
    return this.#pictures.find((picture) => picture.id === id);
  }

  #change(id: number, changes: Partial<AskedPicture>): void {
    this.#pictures = this.#pictures.map((picture) =>
      picture.id === id ? { ...picture, ...changes } : picture,
    );
  }
}
