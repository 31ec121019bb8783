/** The tokens' colours as a canvas can use them: resolved for the theme that is shown. Runs in the window. */
import type { Palette } from './palette.ts';

const TOKENS: Readonly<Record<keyof Palette, string>> = {
  ink: '--ink-2',
  faint: '--ink-3',
  line: '--line',
  ground: '--raised',
  train: '--ink-3',
  validation: '--accent',
};

/** @param element in the page, whose theme counts */
export function readPalette(element: HTMLElement): Palette {
  const probe = element.appendChild(document.createElement('span'));
  try {
    const read = (token: string) => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    };
    const entries = Object.entries(TOKENS).map(([name, token]) => [name, read(token)]);
    return Object.fromEntries(entries) as unknown as Palette;
  } finally {
    probe.remove();
  }
}
