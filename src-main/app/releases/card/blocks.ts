/** What the sections of a model card are made of. Pure. */
import type { ReleaseSummary } from '../../../contract/schema/release.ts';

export type CardBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      /** Empty: a table of terms and what they are. */
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

/** What is known of the file that the model came in, once there is one. */
export type KnownFile = Pick<ReleaseSummary, 'hash' | 'signature'>;

export function text(words: string): CardBlock {
  return { kind: 'text', text: words };
}
