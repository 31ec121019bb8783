/** The id that people see of a case: drawn at random, so that it says nothing of whom or when. Runs in the host. */
import { randomInt } from 'node:crypto';
import { CASE_ID_SIGNS } from '../../contract/schema/case.ts';
import type { Db } from '../open.ts';

/** 20^8 of them; one that was ever given, to a case since deleted too, is not given again. */
export function drawCaseCode(db: Db): string {
  const isGiven = db
    .prepare<{ code: string }, number>(
      `SELECT EXISTS (SELECT 1 FROM cases WHERE code = @code)
           OR EXISTS (SELECT 1 FROM audit WHERE case_id = @code)`,
    )
    .pluck();
  for (;;) {
    const signs = Array.from({ length: 8 }, () => CASE_ID_SIGNS[randomInt(CASE_ID_SIGNS.length)]).join('');
    const code = `${signs.slice(0, 4)}-${signs.slice(4)}`;
    if (!isGiven.get({ code })) return code;
  }
}
