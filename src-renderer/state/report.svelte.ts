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

/** Where a threshold stands that nobody has chosen: positive is what is more probable than not. */
const USUAL_THRESHOLD = 0.5;
const FIRST_PART = 'test';
const NONE = 'none';
const REST_MS = 300;

export class Report {
  #report = $state.raw<EvaluationReport | null>(null);
  #predictions = $state.raw<readonly Prediction[] | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  /** Which evaluation and part were asked for last: an answer to an earlier question is not shown. */
  #asked = '';
  /** The evaluation that `#report` is of; undefined before there is one. */
  #reportOf: number | null | undefined;
  readonly runId: number;
  readonly #api: Api;
  readonly #router: Router;

  readonly evaluationId = $derived.by(() => Number(this.#router.query.get('evaluation')) || null);
  readonly part: PartReport | null = $derived.by(() => {
    const parts = this.#report?.parts ?? [];
    return parts.find(({ part }) => part === this.#wantedPart) ?? parts[0] ?? null;
  });
  /** Of each question with two answers, in order; null until the predictions are there, empty without any. */
  readonly curves: readonly RankingCurve[] | null = $derived.by(() => {
    if (!this.#report || !this.#predictions) return null;
    return this.#predictions.length === 0 ? [] : rankingCurves(this.#report.classes, this.#predictions);
  });
  #threshold = $state<number | null>(USUAL_THRESHOLD);
  #rememberLater: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, router: Router, runId: number) {
    this.#api = api;
    this.#router = router;
    this.runId = runId;
    this.#threshold = readThreshold(router.query.get('threshold'));
  }

  get report(): EvaluationReport | null {
    return this.#report;
  }

  /** Labelled predictions of the shown part; null until they are there, empty where they were not kept. */
  get predictions(): readonly Prediction[] | null {
    return this.#predictions;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  /** Index of the question that is looked at: melanoma where there is one. */
  get question(): number {
    const questions = binaryQuestions(this.#report?.classes ?? []);
    const wanted = this.#router.query.get('question') ?? 'class:mel';
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

  /** Asks for what the address names, unless it is there. To be called whenever the address or the run has changed. */
  async load(): Promise<void> {
    const { evaluationId, runId } = this;
    const part = this.#wantedPart;
    const asked = `${evaluationId}/${part}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#failure = null;
    this.#predictions = null;
    try {
      const [report, predictions] = await Promise.all([
        this.#reportOf === evaluationId ? this.#report : this.#fetchReport(evaluationId),
        evaluationId === null
          ? this.#api.call('run.predictions', { id: runId, part })
          : this.#api.call('evaluation.predictions', { id: evaluationId }),
      ]);
      if (asked !== this.#asked) return;
      this.#report = report;
      this.#reportOf = evaluationId;
      this.#predictions = predictions.filter(({ trueClass }) => trueClass !== null);
    } catch (thrown) {
      if (asked === this.#asked) this.#failure = explain(thrown, 'Nothing was changed.');
    }
  }

  /** Asks again, since the run has ended. */
  reload(): Promise<void> {
    this.#asked = '';
    this.#reportOf = undefined;
    return this.load();
  }

  #fetchReport(evaluationId: number | null): Promise<EvaluationReport | null> {
    return evaluationId === null
      ? this.#api.call('run.report', { id: this.runId })
      : this.#api.call('evaluation.report', { id: evaluationId });
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

  get #wantedPart(): string {
    return this.#router.query.get('part') ?? FIRST_PART;
  }
}

function readThreshold(text: string | null): number | null {
  if (text === NONE) return null;
  const value = text === null || text === '' ? USUAL_THRESHOLD : Number(text);
  return Number.isFinite(value) ? value : USUAL_THRESHOLD;
}
