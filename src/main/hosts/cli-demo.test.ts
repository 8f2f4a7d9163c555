import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBench } from '../store/bench.ts'
import { cli, startCli } from './testing/cli-process.ts'

let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'weakbench-demo-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Spread {
  readonly mean: number
  readonly sd: number
}
interface Report {
  readonly engine: string
  readonly seconds: number
  readonly seeds: readonly number[]
  readonly weak: Spread
  readonly ceiling: Spread
  readonly arms: readonly { readonly name: string; readonly accuracy: Spread; readonly pgr: Spread | null; readonly agreement: number }[]
  readonly bench: string
}

describe('weakbench demo', () => {
  it('trains one seed and prints one JSON object; all of it is in the bench file', { timeout: 180_000 }, async () => {
    const bench = join(home, 'one seed.weakbench')
    const { code, stdout, stderr } = await cli(['demo', '--seeds', '1', '--bench', bench, '--json'], home)
    expect(stderr).toContain('stored in')
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as Report
    expect(report).toMatchObject({ seeds: [0], bench, engine: expect.stringContaining('WebAssembly') as unknown })
    expect(report.arms.map((arm) => arm.name)).toEqual(['naive', 'confidence', 'bootstrapping'])
    expect(report.seconds).toBeGreaterThan(0)
    for (const { mean, sd } of [report.weak, report.ceiling, ...report.arms.map((arm) => arm.accuracy)]) {
      expect(mean).toBeGreaterThan(0.5)
      expect(mean).toBeLessThanOrEqual(1)
      expect(sd).toBe(0)
    }
    const gap = report.ceiling.mean - report.weak.mean
    for (const { accuracy, pgr, agreement } of report.arms) {
      if (gap >= 0.01) expect(pgr?.mean).toBeCloseTo((accuracy.mean - report.weak.mean) / gap, 6)
      expect(agreement).toBeGreaterThan(0.5)
    }
    const opened = openBench(bench, { readOnly: true })
    const [experiment] = opened.experiments.list()
    expect(experiment).toMatchObject({ kind: 'weak-to-strong', status: 'done', summary: { weak: { mean: report.weak.mean } } })
    expect(opened.runs.list({}).map((run) => run.arm)).toEqual(expect.arrayContaining(['weak', 'naive', 'confidence', 'bootstrapping', 'ceiling']))
    opened.close()
  })

  it('says which engine to run it on after one that is not there', { timeout: 60_000 }, async () => {
    const bench = join(home, 'no engine.weakbench')
    // No TensorFlow is set up in an empty folder of caches, nor for macOS in an empty home.
    const { code, stdout, stderr } = await cli(['demo', '--seeds', '1', '--engine', 'tensorflow', '--bench', bench, '--json'], home, { XDG_CACHE_HOME: home, HOME: home })
    expect(code).toBe(1)
    expect(stderr).toMatch(/TensorFlow is not set up on this machine\.\n {2}Run: npm run setup:tensorflow .* Or run it on another engine: --engine (webgpu|wasm)\./)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'engine-unavailable', hint: expect.stringContaining('--engine') as unknown } })
  })

  it('stops soon after Ctrl+C with exit code 130 and keeps its runs, marked', { timeout: 60_000 }, async () => {
    const bench = join(home, 'interrupted.weakbench')
    const { child, ended } = startCli(['demo', '--seeds', '2', '--bench', bench, '--json'], home)
    await firstRun(bench)
    const asked = performance.now()
    child.kill('SIGINT')
    // As npm does: the terminal tells the whole group, and npm its child once more.
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect(code).toBe(130)
    expect((performance.now() - asked) / 1000).toBeLessThan(4)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cancelled' } })
    expect(stderr).toContain('was cancelled')
    const opened = openBench(bench)
    expect(opened.experiments.list()[0]?.status).toBe('cancelled')
    expect(opened.runs.list({}).map((run) => run.status)).toContain('cancelled')
    opened.close()
  })

  /** Resolves once a run is under way in the file. */
  async function firstRun(bench: string): Promise<void> {
    for (const limit = Date.now() + 40_000; Date.now() < limit; ) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      if (runsIn(bench) > 0) return
    }
    throw new Error('No run began.')
  }

  function runsIn(bench: string): number {
    try {
      const opened = openBench(bench, { readOnly: true })
      const { length } = opened.runs.list({})
      opened.close()
      return length
    } catch {
      // Not made yet.
      return 0
    }
  }
})
