/** For windows, whose content policy forbids making code at run time, and reports even the attempt. Pure (zod only). */
import { z } from 'zod';

/** Makes every schema parse without generated code. To be called before the first parse. */
export function parseWithoutCodeGeneration(): void {
  z.config({ jitless: true });
}
