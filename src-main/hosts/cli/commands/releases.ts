/** lab release create | list | show | card | import | export | delete | key */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { AppError } from '../../../contract/errors.ts';
import { ReleaseTargets, ReleaseText } from '../../../contract/schema/release.ts';
import { addCommand, parseId, parseShare, setAction } from '../command.ts';
import { confirm } from '../confirm.ts';
import { bytes } from '../printers/format.ts';
import { formatRelease, formatReleases, formatSignature } from '../printers/release.ts';
import { itemsLine } from '../printers/run.ts';
import { findRelease } from '../references.ts';
import { requireTargetFile, writeTargetFile } from '../target.ts';

export function releaseCommands(program: Command): void {
  const releases = program
    .command('release')
    .description('released models: create, list, show, card, import, export, delete, key');
  addCreate(releases);
  addList(releases);
  addShow(releases);
  addCard(releases);
  addImport(releases);
  addExport(releases);
  addDelete(releases);
  addKey(releases);
}

interface CreateOptions {
  readonly name: string;
  readonly modelVersion: string;
  readonly intendedUse: string;
  readonly limits?: string;
  readonly licence?: string;
  readonly nonCommercial?: boolean;
  readonly contact?: string;
  readonly malignantSensitivity?: string;
  readonly melanomaSensitivity?: string;
  readonly inside?: string;
  readonly sign?: boolean;
}

function addCreate(releases: Command): void {
  const command = addCommand(
    releases,
    'create <run>',
    "release a completed run's model: thresholds are fitted on its calibration part and measured on its test part; the model card is written from the run",
  )
    .requiredOption('--name <text>', 'what the model is called')
    .requiredOption('--model-version <text>', 'such as 1.0.0; one name and version is one release')
    .requiredOption('--intended-use <text>', 'what it is for, and by whom')
    .option('--limits <text>', 'what a user must know beyond what the run says')
    .option('--licence <text>', 'of the model')
    .option('--non-commercial', 'commercial use is excluded, which is said at first use')
    .option('--contact <text>', 'who answers for it')
    .option('--malignant-sensitivity <share>', 'aimed at by the malignant operating point (0.95)')
    .option('--melanoma-sensitivity <share>', 'aimed at by the melanoma operating point (0.9)')
    .option('--inside <share>', 'of lesions like those of the data that are not called strange (0.99)')
    .option('--sign', "with this workstation's key, which is made when it is first wanted");
  setAction<[string], CreateOptions>(command, async ({ client, output, signal }, options, reference) => {
    const runId = parseId(reference, 'run');
    const request = {
      runId,
      text: textOf(options),
      targets: targetsOf(options),
      sign: options.sign ?? false,
    };
    client.on('release.progress', (progress) => output.live(itemsLine('images', progress)));
    const summary = await client.call('release.create', request, { signal });
    output.live('');
    const { release } = await client.call('release.get', { hash: summary.hash });
    const short = summary.hash.slice(0, 12);
    const next = `"lab classify ${short} PICTURE" asks it; "lab release export ${short} --to FILE" saves its file.`;
    output.result(summary, `${formatRelease(summary, release)}\n\n${next}`);
  });
}

/** @throws AppError `bad-input` naming the option */
function textOf(options: CreateOptions): ReleaseText {
  const { name, modelVersion: version, intendedUse, limits, licence, nonCommercial, contact } = options;
  const parsed = ReleaseText.safeParse({
    name,
    version,
    intendedUse,
    limits,
    licence,
    isNonCommercial: nonCommercial,
    contact,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const flag = { version: 'model-version', intendedUse: 'intended-use' }[String(issue?.path[0])];
  throw new AppError('bad-input', `--${flag ?? String(issue?.path[0])}: ${issue?.message}.`);
}

/** @throws AppError `bad-input` naming the option */
function targetsOf(options: CreateOptions): ReleaseTargets {
  const share = (flag: string, text: string | undefined) =>
    text === undefined ? undefined : parseShare(text, flag);
  const targets = ReleaseTargets.safeParse({
    malignantSensitivity: share('--malignant-sensitivity', options.malignantSensitivity),
    melanomaSensitivity: share('--melanoma-sensitivity', options.melanomaSensitivity),
    inside: share('--inside', options.inside),
  });
  if (targets.success) return targets.data;
  throw new AppError('bad-input', `--inside is a share between 0.5 and 1; received "${options.inside}".`);
}

function addList(releases: Command): void {
  const command = addCommand(releases, 'list', 'models that can be asked here, the newest first');
  setAction(command, async ({ client, output }) => {
    const listed = await client.call('release.list', {});
    output.result({ releases: listed }, formatReleases(listed));
  });
}

function addShow(releases: Command): void {
  const command = addCommand(
    releases,
    'show <model>',
    'what a released model says of itself: by name, name@version, the beginning of its hash, or its file, of which nothing is taken',
  );
  setAction<[string], object>(command, async (session, _options, reference) => {
    const { client, output, signal } = session;
    const shown = reference.endsWith('.lesion-model')
      ? await client.call('release.inspect', { path: resolve(reference) }, { signal })
      : await client.call('release.get', { hash: (await findRelease(session, reference)).hash });
    output.result(shown, formatRelease(shown.summary, shown.release));
  });
}

function addCard(releases: Command): void {
  const command = addCommand(releases, 'card <model>', 'the model card')
    .addOption(
      new Option('--format <format>', 'of the card').choices(['markdown', 'html']).default('markdown'),
    )
    .option('--to <file>', 'write it there in place of printing it; a file of that name is replaced');
  setAction<[string], { format: 'markdown' | 'html'; to?: string }>(
    command,
    async (session, { format, to }, reference) => {
      const file = to === undefined ? null : resolve(to);
      if (file !== null) requireTargetFile(file);
      const { hash } = await findRelease(session, reference);
      const card = await session.client.call('release.card', { hash, format });
      if (file !== null) writeTargetFile(file, card);
      session.output.result({ hash, format, file, card }, file === null ? card.trimEnd() : `Wrote ${file}.`);
    },
  );
}

function addImport(releases: Command): void {
  const command = addCommand(
    releases,
    'import <file>',
    'take a released model in, once all of its file has been checked; compare the fingerprint of its signature with the one that you were told',
  );
  setAction<[string], object>(command, async ({ client, output, signal }, _options, file) => {
    const summary = await client.call('release.import', { path: resolve(file) }, { signal });
    const { release } = await client.call('release.get', { hash: summary.hash });
    output.result(summary, formatRelease(summary, release));
  });
}

function addExport(releases: Command): void {
  const command = addCommand(
    releases,
    'export <model>',
    'save the file of a released model, for "lab release import" on another machine',
  ).requiredOption('--to <file>', 'the file to make; one that is there already is not replaced');
  setAction<[string], { to: string }>(command, async (session, { to }, reference) => {
    const path = resolve(to);
    requireTargetFile(path);
    const { hash } = await findRelease(session, reference);
    const saved = await session.client.call('release.export', { hash, path });
    session.output.result({ hash, path, bytes: saved.bytes }, `Saved ${path} (${bytes(saved.bytes)}).`);
  });
}

function addDelete(releases: Command): void {
  const command = addCommand(
    releases,
    'delete <model>',
    'delete a released model from this machine, after asking; the run that it was made from stays',
  ).option('--yes', 'do not ask');
  setAction<[string], { yes?: boolean }>(command, async (session, { yes }, reference) => {
    const { hash, name, version } = await findRelease(session, reference);
    await confirm(session, `Delete the released model ${name} ${version}?`, yes);
    await session.client.call('release.delete', { hash });
    session.output.result({ deleted: hash }, `Deleted ${name} ${version}.`);
  });
}

function addKey(releases: Command): void {
  const command = addCommand(releases, 'key', 'the fingerprint of the key that this workstation signs with');
  setAction(command, async ({ client, output }) => {
    const signer = await client.call('release.signer', {});
    output.result(
      { signer },
      signer === null
        ? 'No key has been made. "lab release create RUN --sign" makes one.'
        : `${formatSignature(signer)}\nTell it to those who get your models by another way than the file.`,
    );
  });
}
