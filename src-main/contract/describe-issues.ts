/**
 * What zod found, in words that a person can act on: which key, what was expected, and the nearest name for a key
 * that does not exist. Pure; runs in every process.
 */
import type { z } from 'zod';
import { AppError, nearestName } from './errors.ts';

/** One sentence an issue; `known` are the keys that exist at the top level, for "did you mean". */
export function describeIssues(error: z.ZodError, known: readonly string[] = []): string {
  return error.issues.map((issue) => describeIssue(issue, known)).join(' ');
}

function describeIssue(issue: z.core.$ZodIssue, known: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => {
        const near = nearestName(key, known);
        return `There is no key "${key}"${near ? `; did you mean "${near}"?` : '.'}`;
      })
      .join(' ');
  }
  const where = issue.path.length > 0 ? `"${issue.path.join('.')}"` : 'The value';
  const expected = expectation(issue);
  if (expected === null) return `${where}: ${issue.message}.`;
  const near =
    issue.code === 'invalid_value' && typeof issue.input === 'string'
      ? nearestName(issue.input, issue.values.map(String))
      : null;
  const hint = near ? `; did you mean "${near}"?` : '.';
  return `${where} must be ${expected}; received ${JSON.stringify(issue.input)}${hint}`;
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
};

/** What a value had to be; null where zod's own words say it. */
function expectation(issue: z.core.$ZodIssue): string | null {
  const isNumber = 'origin' in issue && ['number', 'int'].includes(issue.origin);
  if (issue.code === 'too_small' && isNumber) {
    return `${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`;
  }
  if (issue.code === 'too_big' && isNumber) {
    return `${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`;
  }
  const isText = 'origin' in issue && issue.origin === 'string';
  if (issue.code === 'too_small' && isText && issue.minimum === 1) return 'a text that is not empty';
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? null;
  if (issue.code === 'invalid_value') {
    return issue.values.length > 1
      ? `one of ${issue.values.join(', ')}`
      : JSON.stringify(issue.values[0] ?? null);
  }
  if (issue.code !== 'invalid_union') return null;
  const options = issue.errors.map(([first]) => (first ? expectation(first) : null));
  return options.includes(null) || options.length === 0 ? null : options.join(' or ');
}

/**
 * Parses with a schema and throws words in place of a ZodError.
 * @param what names the thing in the message, e.g. `The training configuration`.
 * @throws AppError `bad-input` with one sentence for each thing that is wrong; `details.issues` has path and message of each.
 */
export function parseOrExplain<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
  known: readonly string[] = [],
): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new AppError('bad-input', `${what} does not fit. ${describeIssues(result.error, known)}`, {
    details: { issues: result.error.issues.map(({ path, message }) => ({ path, message })) },
  });
}
