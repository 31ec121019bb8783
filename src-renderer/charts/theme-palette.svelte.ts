/** The colours of the theme that a chart is drawn in, as they change with the theme. Call while a component is made. */
import { untrack } from 'svelte';
import { useWorkspace } from '../state/workspace.svelte.ts';
import type { SeriesPalette } from './palette.ts';
import { readSeriesPalette } from './read-palette.ts';

/** @returns the colours at the element around the chart's canvas; null until the canvas is there */
export function followPalette(canvas: () => HTMLCanvasElement | undefined): {
  readonly current: SeriesPalette | null;
} {
  const { preferences } = useWorkspace();
  let palette = $state.raw<SeriesPalette | null>(null);
  const dark = matchMedia('(prefers-color-scheme: dark)');

  function repaint() {
    const around = canvas()?.parentElement;
    if (around) palette = readSeriesPalette(around);
  }

  $effect(() => {
    void preferences.theme;
    void canvas();
    untrack(repaint);
    dark.addEventListener('change', repaint);
    return () => dark.removeEventListener('change', repaint);
  });

  return {
    get current() {
      return palette;
    },
  };
}
