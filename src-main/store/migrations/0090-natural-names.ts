/**
 * 80 → 90: runs are sorted by name as a person counts, "run 2" before "run 10". Runs in the host. The keys are those of
 * `nameKey`, made a number or a sign at a time.
 */
import type { Migration } from '../migrate.ts';

const DIGITS = "length(rest) - length(ltrim(rest, '0123456789'))";
const NUMBER = `ltrim(substr(rest, 1, ${DIGITS}), '0')`;

export const naturalNames: Migration = {
  version: 90,
  sql: `
    ALTER TABLE runs ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
    UPDATE runs SET name_key = (
      WITH RECURSIVE scan(rest, key) AS (
        SELECT lower(runs.name), ''
        UNION ALL
        SELECT substr(rest, 1 + max(1, ${DIGITS})),
               key || CASE WHEN ${DIGITS} = 0 THEN substr(rest, 1, 1)
                           ELSE printf('%03d', length(${NUMBER})) || ${NUMBER} END
        FROM scan WHERE rest <> ''
      )
      SELECT key FROM scan WHERE rest = ''
    );
    DROP INDEX runs_by_name;
    CREATE INDEX runs_by_name ON runs (name_key);
  `,
};
