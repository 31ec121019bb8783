/** Images shown to a trained model, and its answers. The images stay in this window; the application forgets them. */
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain, isCancelled } from '../lib/explain.ts';
import { type PictureAnswer, pictureAnswers } from '../lib/picture-answers.ts';
import { uploadPicture } from '../lib/pictures.ts';

export interface Answer extends Omit<PictureAnswer<File>, 'file'> {
  readonly name: string;
  /** Address of the image inside this window. */
  readonly picture: string;
}

export class Classifier {
  #answers = $state.raw<readonly Answer[]>([]);
  #busy = $state.raw<string | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #cancel: AbortController | null = null;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get answers(): readonly Answer[] {
    return this.#answers;
  }

  /** What is being done; null when nothing is. */
  get busy(): string | null {
    return this.#busy;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  async classify(runId: number, files: readonly File[]): Promise<void> {
    if (this.#busy || files.length === 0) return;
    const cancel = new AbortController();
    this.#cancel = cancel;
    this.#failure = null;
    try {
      this.#busy = 'Sending the images';
      const paths: string[] = [];
      for (const file of files) paths.push(await uploadPicture(file, cancel.signal));
      this.#busy = 'Asking the model';
      const { signal } = cancel;
      const classification = await this.#api.call('classify.images', { model: { runId }, paths }, { signal });
      this.#show(pictureAnswers(files, classification));
    } catch (thrown) {
      if (!isCancelled(thrown))
        this.#failure = explain(thrown, 'Earlier answers are still shown; no image was kept.');
    } finally {
      this.#busy = null;
      this.#cancel = null;
    }
  }

  cancel(): void {
    this.#cancel?.abort();
  }

  /** Forgets the answers and their images. */
  clear(): void {
    for (const { picture } of this.#answers) URL.revokeObjectURL(picture);
    this.#answers = [];
  }

  #show(answers: readonly PictureAnswer<File>[]): void {
    this.clear();
    this.#answers = answers.map(({ file, ...answer }) => ({
      ...answer,
      name: file.name,
      picture: URL.createObjectURL(file),
    }));
  }
}
