import { readFileSync } from 'node:fs'

/** Passed, failed and skipped of nothing. */
export const nothing = { passed: 0, failed: 0, skipped: 0 }

/** A check counts as one. */
export const check = (code) => (code === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 })

export const sum = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped })

/** Tests of Vitest's JSON report; a file that could not even be collected counts as one failure. */
export function countVitest(report) {
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'))
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests
  }
}

/** Tests of Playwright's JSON report; one that passed on a second try has passed. */
export const countPlaywright = ({ stats }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped })

/**
 * Counts of a runner that ended with `code`: its report, or one failure where it wrote none, or where it failed for a reason
 * that no test of the report tells (an unhandled error, no tests at all).
 */
export function countReport(path, code, count) {
  let counts
  try {
    counts = count(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return { ...nothing, failed: 1 }
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

/** The last line of every test run, for people and for machines. */
export const summaryLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

/** Nothing having run is a failure too. */
export const exitCode = ({ passed, failed }) => (failed > 0 || passed === 0 ? 1 : 0)
