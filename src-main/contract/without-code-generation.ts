/**
 * Makes schemas parse without generated code; for windows, whose content policy forbids making code at run time and
 * reports even the attempt. Pure (zod only). Works on schemas that are declared later: to be imported first.
 */
import { z } from 'zod';

z.config({ jitless: true });
