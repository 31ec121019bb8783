/**
 * What a run's report shows: which evaluation and part, its report and predictions, and the question and threshold that are
 * looked at. The choices stand in the address, so that they survive a reload.
 */
import { binaryQuestions } from '../../src-main/contract/binary-questions.ts';
import type { EvaluationReport, PartReport, Prediction } from '../../src-main/contract/schema/evaluation.ts';
import { pointAt } from '../../src-main/numerics/operating-point.ts';
import { type RankingCurve, rankingCurves } from '../charts/ranking-curves.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';
import type { Router } from './router.svelte.ts';

interface Shown {
  /** Null: of the run's own parts. */
  readonly evaluationId: number | null;
  readonly part: string;
  readonly report: EvaluationReport | null;
  /** Labelled ones; null until they are there, empty where they were not kept. */
  readonly predictions: readonly Prediction[] | null;
}

/** Where a threshold stands that nobody has chosen: positive is what is more probable than not. */
const USUAL_THRESHOLD = 0.5;
const FIRST_PART = 'test';
const NONE = 'none';
const REST_MS = 300;

export class Report {
  /** Changes as a whole, so that numbers, curves and pictures are always of the same part. */
  #shown = $state.raw<Shown | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #threshold = $state<number | null>(USUAL_THRESHOLD);
  /** What was asked for last: an answer to an earlier question is not shown. */
  #asked = '';
  #rememberLater: ReturnType<typeof setTimeout> | undefined;
  readonly runId: number;
  readonly #api: Api;
  readonly #router: Router;

  readonly part: PartReport | null = $derived.by(() => {
    const parts = this.report?.parts ?? [];
    return parts.find(({ part }) => part === this.#shown?.part) ?? parts[0] ?? null;
  });
  /** Of each question with two answers, in order; null until the predictions are there, empty without any. */
  readonly curves: readonly RankingCurve[] | null = $derived.by(() => {
    const { report, predictions } = this;
    if (!report || !predictions) return null;
    return predictions.length === 0 ? [] : rankingCurves(report.classes, predictions);
  });

  constructor(api: Api, router: Router, runId: number) {
    this.#api = api;
    this.#router = router;
    this.runId = runId;
    this.#threshold = readThreshold(router.query.get('threshold'));
  }

  get report(): EvaluationReport | null {
    return this.#shown?.report ?? null;
  }

  get predictions(): readonly Prediction[] | null {
    return this.#shown?.predictions ?? null;
  }

  /** Of the report that is shown; null: the run's own parts. */
  get evaluationId(): number | null {
    return this.#shown?.evaluationId ?? null;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  /** Index of the question that is looked at: melanoma where there is one. */
  get question(): number {
    const wanted = this.#router.query.get('question') ?? 'class:mel';
    const questions = binaryQuestions(this.report?.classes ?? []);
    return Math.max(
      0,
      questions.findIndex(({ id }) => id === wanted),
    );
  }

  get curve(): RankingCurve | null {
    return this.curves?.[this.question] ?? null;
  }

  /** Called positive is a probability of at least this; null: nothing is. */
  get threshold(): number | null {
    return this.#threshold;
  }

  /** Which point of the curve the threshold is. */
  get pointIndex(): number {
    return this.curve ? pointAt(this.curve.points, this.threshold) : 0;
  }

  /** Asks for what the address names, unless that was asked for already. To be called whenever the address has changed. */
  async load(): Promise<void> {
    const evaluationId = Number(this.#router.query.get('evaluation')) || null;
    const part = this.#router.query.get('part') ?? FIRST_PART;
    const asked = `${evaluationId}/${part}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#failure = null;
    const show = (shown: Pick<Shown, 'report' | 'predictions'>) => {
      if (asked === this.#asked) this.#shown = { evaluationId, part, ...shown };
    };
    try {
      const predictions = this.#fetchPredictions(evaluationId, part);
      // told by the await below, unless the report fails before
      predictions.catch(() => undefined);
      const report = await this.#fetchReport(evaluationId);
      // the first numbers need not wait for the predictions; later, the part before stays until all is there
      if (this.report === null) show({ report, predictions: null });
      show({ report, predictions: await predictions });
    } catch (thrown) {
      if (asked === this.#asked) this.#failure = explain(thrown, 'Nothing was changed.');
    }
  }

  /** Asks again, since the run has ended. */
  reload(): Promise<void> {
    this.#asked = '';
    this.#shown = null;
    return this.load();
  }

  showEvaluation(id: number | null): void {
    this.#router.remember({ evaluation: id === null ? null : String(id), part: null, cell: null });
  }

  showPart(part: string): void {
    this.#router.remember({ part: part === FIRST_PART ? null : part, cell: null });
  }

  ask(question: string): void {
    this.#router.remember({ question });
  }

  /** The address follows once the threshold rests: browsers slow down a window that changes it at every move of a slider. */
  setThreshold(threshold: number | null): void {
    this.#threshold = threshold;
    clearTimeout(this.#rememberLater);
    this.#rememberLater = setTimeout(
      () => this.#router.remember({ threshold: threshold === null ? NONE : String(threshold) }),
      REST_MS,
    );
  }

  /** Forgets what it has not remembered yet: another screen's address must not change. */
  close(): void {
    clearTimeout(this.#rememberLater);
  }

  async #fetchReport(evaluationId: number | null): Promise<EvaluationReport | null> {
    if (this.#shown?.report && this.#shown.evaluationId === evaluationId) return this.#shown.report;
    return evaluationId === null
      ? this.#api.call('run.report', { id: this.runId })
      : this.#api.call('evaluation.report', { id: evaluationId });
  }

  async #fetchPredictions(evaluationId: number | null, part: string): Promise<Prediction[]> {
    const all = await (evaluationId === null
      ? this.#api.call('run.predictions', { id: this.runId, part })
      : this.#api.call('evaluation.predictions', { id: evaluationId }));
    return all.filter(({ trueClass }) => trueClass !== null);
  }
}

function readThreshold(text: string | null): number | null {
  if (text === NONE) return null;
  const value = text === null || text === '' ? USUAL_THRESHOLD : Number(text);
  return Number.isFinite(value) ? value : USUAL_THRESHOLD;
}
