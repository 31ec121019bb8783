/** A text that has to fit on a page. Pure. */

/** Whether much else is on the page. */
export type Room = 'usual' | 'full';

/** Cut at a word, and saying so, where it is longer. @param where the rest is to be found */
export function shortened(text: string, longest: number, where = ''): string {
  const even = text.trim();
  if (even.length <= longest) return even;
  const cut = even.slice(0, longest);
  const word = cut.lastIndexOf(' ');
  const kept = word > longest / 2 ? cut.slice(0, word) : cut;
  return `${kept.trimEnd()} … (shortened${where ? `; ${where}` : ''})`;
}
