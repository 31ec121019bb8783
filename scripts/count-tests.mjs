/**
 * Counts what vitest's JSON report says, so that a run that broke outside a test is never counted as passed.
 */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/**
 * The part of vitest's JSON report that is read.
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: unknown[] }[]} testResults one for each file
 */

/**
 * @param {Report | null} report null if vitest wrote none
 * @param {number} exitStatus vitest's
 * @returns {Counts} a file that could not be loaded is one failure, and so is a run that failed without a failed test
 */
export function countTests(report, exitStatus) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitStatus !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * @param {Counts} counts
 * @returns {string} "N passed, N failed", and ", N skipped" if any were
 */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
