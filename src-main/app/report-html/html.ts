/** Markup from a template, with every value escaped that is no markup itself. Pure. */

export interface Html {
  readonly html: string;
}
export type HtmlValue = Html | string | number | null | readonly HtmlValue[];

/** Texts and numbers are escaped, lists joined, null left out. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: strings.reduce((page, text, i) => page + write(values[i - 1] ?? null) + text) };
}

function write(value: HtmlValue): string {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return 'html' in value ? value.html : value.map(write).join('');
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
