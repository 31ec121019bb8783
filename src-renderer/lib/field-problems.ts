/** Which field of the form a refused configuration is about. Pure. */

/** Numbers that a person may set over the preset; as typed, empty for the preset's own. */
export const NUMBER_FIELDS = [
  'epochs',
  'batchSize',
  'learningRate',
  'imageWidthPx',
  'imageHeightPx',
  'seed',
] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];
/** `form`: what belongs to no field. */
export type FieldProblems = Readonly<Partial<Record<NumberField | 'form', string>>>;

/** The messages of a refused configuration, by the field that each is about. */
export function problemsOf(thrown: unknown): FieldProblems {
  const details =
    thrown instanceof Error && 'details' in thrown ? (thrown.details as { issues?: unknown }) : undefined;
  const issues = Array.isArray(details?.issues)
    ? (details.issues as { path: unknown[]; message: string }[])
    : [];
  const problems: Partial<Record<NumberField | 'form', string>> = {};
  for (const { path, message } of issues) {
    const field = NUMBER_FIELDS.find((name) => name === path[0]) ?? 'form';
    problems[field] ??= inWords(message);
  }
  if (issues.length === 0) problems.form = thrown instanceof Error ? thrown.message : String(thrown);
  return problems;
}

/** The schema's messages about a single number, shorter; others as they are. */
function inWords(message: string): string {
  if (/expected number, received string/.test(message)) return 'A number is needed.';
  const [, comparison, bound] = /expected \w+ to be ([<>]=?)(.+)$/.exec(message) ?? [];
  if (comparison === undefined) return message;
  const words = { '>': 'more than', '>=': 'at least', '<': 'less than', '<=': 'at most' };
  return `Must be ${words[comparison as keyof typeof words]} ${bound}.`;
}
