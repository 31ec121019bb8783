/** The rules of WCAG 2.2 AA, as far as axe-core can examine a page, in both themes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ALL_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** A theme changes colours and nothing else. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];
const THEMES = [
  ['light', ALL_RULES],
  ['dark', RULES_OF_COLOUR],
] as const;

/**
 * Leaves the page in the light theme.
 * @param selector of a part of the page; left out: the whole
 * @returns a line for each element that breaks a rule
 */
export async function brokenRules(page: Page, selector = 'html'): Promise<string[]> {
  await page.evaluate(AXE);
  const lines: string[] = [];
  for (const [colorScheme, rules] of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'] });
    const { violations } = await page.evaluate<AxeResults>(
      `axe.run(${JSON.stringify(selector)}, ${options})`,
    );
    for (const { id, nodes } of violations) {
      for (const { html, failureSummary } of nodes) {
        lines.push(`${colorScheme}: ${id}: ${html.slice(0, 160)} ${failureSummary?.slice(0, 240)}`);
      }
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  return lines;
}
