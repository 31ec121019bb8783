/** What a benchmark does inside a page: an act, timed until a frame shows what it leads to. */

/**
 * @param act a statement; `isShown` an expression, true once the page holds what the act leads to
 * @returns an expression for `page.evaluate`: milliseconds until the frame that shows it
 */
export function timeUntilShown(act: string, isShown: string): string {
  return `new Promise((resolve) => {
    const start = performance.now();
    const look = () => {
      if (${isShown}) requestAnimationFrame(() => resolve(performance.now() - start));
      else requestAnimationFrame(look);
    };
    ${act};
    look();
  })`;
}
