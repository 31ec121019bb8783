/** Waits for a virtual list to have drawn what it was scrolled to. Runs in the window. */

const MOST_FRAMES = 20;

/**
 * @param find the element, once it exists
 * @returns it as soon as it can take the focus (virtua hides what it has not measured yet), or null where it never comes
 */
export async function whenShown(find: () => HTMLElement | null | undefined): Promise<HTMLElement | null> {
  for (let frame = 0; frame < MOST_FRAMES; frame++) {
    const element = find();
    if (element?.checkVisibility({ visibilityProperty: true })) return element;
    await new Promise(requestAnimationFrame);
  }
  return null;
}
