/** What a person typed into a field of a run's settings, and what is wrong with it. Pure. */
import type { ConfigField, ConfigKey } from '../../src-main/contract/config-fields.ts';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';

/** `form`: what belongs to no field. */
export type FieldProblems = Readonly<Partial<Record<ConfigKey | 'form', string>>>;

/** What stands for null in a field that allows it. */
export const NONE = 'none';

const KEYS: readonly string[] = Object.keys(TrainingConfig.shape);

/** A field's value from its text, checked by the field's own schema. */
export function readField(
  field: ConfigField,
  typed: string | boolean,
): { readonly value: unknown; readonly problem?: undefined } | { readonly problem: string } {
  const value = parseTyped(field, typed);
  const result = TrainingConfig.shape[field.key].safeParse(value);
  if (result.success) return { value: result.data };
  return { problem: inWords(result.error.issues[0]?.message ?? '', field) };
}

function parseTyped({ nullable, kind, choices }: ConfigField, typed: string | boolean): unknown {
  if (typeof typed === 'boolean') return typed;
  const text = typed.trim();
  if (nullable && (text === '' || text === NONE)) return null;
  if (kind === 'text' || kind === 'choice' || choices.includes(text)) return text;
  const number = Number(text.replace(',', '.'));
  return text === '' || Number.isNaN(number) ? text : number;
}

/** The messages of a refused configuration, by the field that each is about. */
export function problemsOf(thrown: unknown): FieldProblems {
  const details =
    thrown instanceof Error && 'details' in thrown ? (thrown.details as { issues?: unknown }) : undefined;
  const issues = Array.isArray(details?.issues)
    ? (details.issues as { path: unknown[]; message: string }[])
    : [];
  const problems: Partial<Record<ConfigKey | 'form', string>> = {};
  for (const { path, message } of issues) {
    const field = KEYS.find((key) => key === path[0]) ?? 'form';
    problems[field as ConfigKey | 'form'] ??= inWords(message);
  }
  if (issues.length === 0) problems.form = thrown instanceof Error ? thrown.message : String(thrown);
  return problems;
}

/** The schema's messages about a single number, shorter; others as they are. */
function inWords(message: string, field?: ConfigField): string {
  if (/expected number, received string|^Invalid input$/.test(message)) {
    const words = [...(field?.choices ?? []), ...(field?.nullable ? [NONE] : [])];
    return `A number${words.map((word) => ` or "${word}"`).join('')} is needed.`;
  }
  if (/expected int|expected integer/.test(message)) return 'A whole number is needed.';
  const [, comparison, bound] = /expected \w+ to be ([<>]=?)(.+)$/.exec(message) ?? [];
  if (comparison === undefined) return message;
  const words = { '>': 'more than', '>=': 'at least', '<': 'less than', '<=': 'at most' };
  return `Must be ${words[comparison as keyof typeof words]} ${bound}.`;
}
