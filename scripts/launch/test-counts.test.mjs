import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { check, countPlaywright, countReport, countVitest, exitCode, nothing, sum, summaryLine } from './test-counts.mjs'

const folder = mkdtempSync(join(tmpdir(), 'weakbench-counts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const report = (value) => {
  const path = join(folder, 'report.json')
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}
const vitestReport = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 0, testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }] }

describe('the totals of a test run', () => {
  it('add up checks, unit tests and end-to-end tests', () => {
    const playwright = countPlaywright({ stats: { expected: 3, flaky: 1, unexpected: 2, skipped: 0 } })
    const total = [check(0), check(2), countVitest(vitestReport), playwright].reduce(sum, nothing)
    expect(summaryLine(total)).toBe('10 passed, 4 failed, 2 skipped')
  })

  it('name skipped tests only when there are any', () => {
    expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed')
  })

  it('count a file that could not be collected as a failure', () => {
    const broken = { ...vitestReport, testResults: [...vitestReport.testResults, { status: 'failed', assertionResults: [] }] }
    expect(countVitest(broken).failed).toBe(2)
  })

  it('count a runner without a readable report as one failure, whatever its exit code', () => {
    expect(countReport(join(folder, 'missing.json'), 0, countVitest)).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(countReport(report('{"half'), 0, countVitest)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  it('count a failure that no test tells, such as an unhandled error', () => {
    const green = { ...vitestReport, numFailedTests: 0, testResults: [] }
    expect(countReport(report(green), 1, countVitest)).toEqual({ passed: 5, failed: 1, skipped: 2 })
    expect(countReport(report(green), 0, countVitest)).toEqual({ passed: 5, failed: 0, skipped: 2 })
  })

  it('fail when something failed and when nothing ran', () => {
    expect([exitCode({ passed: 4, failed: 0 }), exitCode({ passed: 4, failed: 1 }), exitCode(nothing)]).toEqual([0, 1, 1])
  })
})
