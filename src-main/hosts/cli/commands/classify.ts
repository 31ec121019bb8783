/** lab classify */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isUnreadablePicture } from '../../../app/classify-folder.ts';
import { licenceWords } from '../../../contract/answer-words.ts';
import { AppError } from '../../../contract/errors.ts';
import type { QuestionedAnswer } from '../../../contract/release-api.ts';
import type { ReleaseSummary } from '../../../contract/schema/release.ts';
import { addCommand, parseShare, setAction } from '../command.ts';
import { classificationTable, formatClassification } from '../printers/classification.ts';
import { formatAnswer, formatFolder } from '../printers/clinical-answer.ts';
import { drawnNote } from '../printers/dataset.ts';
import { itemsLine } from '../printers/run.ts';
import { findRelease, modelReference } from '../references.ts';
import { type Session, throwIfStopped } from '../session.ts';
import { requireTargetFile, writeTargetFile } from '../target.ts';

interface ClassifyOptions {
  readonly csv?: string;
  readonly level?: string;
}

const USUAL_LEVEL = '0.9';

export function classifyCommands(program: Command): void {
  const command = addCommand(
    program,
    'classify <model> <paths...>',
    'ask a released model (name, name@version, hash or file) about pictures or a folder of them; a run or a model folder gives bare probabilities; research use, not a medical device',
  )
    .option(
      '--csv <file>',
      'write one row a picture; a released model needs it for a folder, and goes on with one that is there; a run or a model folder replaces it',
    )
    .option(
      '--level <share>',
      `level of a released model's prediction set: 0.8, 0.9 or 0.95; default: ${USUAL_LEVEL}`,
    );
  setAction<[string, string[]], ClassifyOptions>(command, async (session, options, reference, paths) => {
    session.client.on('classify.progress', (progress) => session.output.live(itemsLine('images', progress)));
    const isRun = /^\d{1,5}$/.test(reference) || existsSync(resolve(reference, 'lesion-lab.json'));
    const release = isRun ? null : await findRelease(session, reference);
    const files = paths.map((path) => resolve(path));
    if (!release && options.level !== undefined) {
      throw new AppError(
        'bad-input',
        '--level goes with a released model; a run or a model folder has no prediction sets. Leave it out.',
      );
    }
    if (!release) return askRun(session, { reference, files, csv: options.csv });
    const isFile = (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
    const isFolder = (file: string) => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const level = parseShare(options.level ?? USUAL_LEVEL, '--level');
    const { csv } = options;
    if (csv !== undefined && files.some(isFile)) {
      throw new AppError('bad-input', '--csv goes with a folder. Name the folder, or leave --csv out.');
    }
    if (csv === undefined && !files.some(isFolder)) return askRelease(session, { release, files, level });
    const [folder, ...others] = files;
    if (others.length > 0 || csv === undefined) {
      throw new AppError(
        'bad-input',
        'A released model takes one folder, and needs --csv FILE for its answers. Received ' +
          `${files.length} path${files.length > 1 ? 's' : ''}${csv === undefined ? ' and no --csv' : ''}.`,
      );
    }
    const request = { model: release.hash, folder: folder!, csv: resolve(csv), level };
    const outcome = await session.client.call('classify.folder', request, { signal: session.signal });
    session.output.result(outcome, withLicence(formatFolder(outcome), release));
  });
}

/** A released model on single pictures: the whole answer of each. */
async function askRelease(
  { client, output, signal }: Session,
  request: {
    readonly release: ReleaseSummary;
    readonly files: readonly string[];
    readonly level: number;
  },
): Promise<void> {
  const answers: ((QuestionedAnswer & { readonly path: string }) | UnreadPicture)[] = [];
  for (const path of request.files) {
    const question = { model: request.release.hash, picture: path, level: request.level };
    try {
      answers.push({ path, ...(await client.call('classify.answer', question, { signal })) });
    } catch (thrown) {
      if (!isUnreadablePicture(thrown) || request.files.length === 1) throw thrown;
      answers.push({ path, error: thrown.message });
    }
  }
  const unread = answers.filter((answer) => 'error' in answer);
  if (unread.length === answers.length) {
    throw new AppError('bad-image', unread.map(({ error }) => error).join(' '));
  }
  const told = answers.map((answer) =>
    'error' in answer ? `Not read: ${answer.error}` : formatAnswer(answer.path, answer),
  );
  output.result(answers, withLicence(told.join('\n\n'), request.release));
}

/** One of several pictures that could not be read; the others are answered. */
interface UnreadPicture {
  readonly path: string;
  readonly error: string;
}

function withLicence(text: string, release: ReleaseSummary): string {
  return [text, licenceWords(release)].filter((words) => words !== null).join('\n\n');
}

/** A run's model, or a saved one: probabilities as the network gives them, neither calibrated nor questioned. */
async function askRun(
  session: Session,
  request: {
    readonly reference: string;
    readonly files: readonly string[];
    readonly csv: string | undefined;
  },
): Promise<void> {
  const { client, output, signal } = session;
  const model = modelReference(request.reference);
  const isDrawn = 'runId' in model && (await client.call('run.get', { id: model.runId })).dataset.synthetic;
  const file = request.csv === undefined ? undefined : resolve(request.csv);
  if (file) requireTargetFile(file);
  const classification = await client.call(
    'classify.images',
    { model, paths: [...request.files] },
    { signal },
  );
  throwIfStopped(session);
  if (file) {
    writeTargetFile(file, classificationTable(classification));
    output.changed(`${file} was written.`);
  }
  const notes = isDrawn ? [drawnNote(`the images that run ${request.reference} was trained on`)] : [];
  const text = formatClassification(classification, request.csv);
  output.result(classification, [...notes, text].join('\n\n'));
  if (classification.answers.every(({ error }) => error !== null)) {
    throw new AppError('bad-image', 'None of the pictures could be read; the answers above say why.');
  }
}
