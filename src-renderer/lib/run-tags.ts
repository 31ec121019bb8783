/** Tags as a person types them: words with commas between. Pure. */

/** Without empty ones and repetitions, in the order typed. */
export function parseTags(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim().replace(/\s+/g, ' '));
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

export function joinTags(tags: readonly string[]): string {
  return tags.join(', ');
}
