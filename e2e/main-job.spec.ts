import type { Page } from '@playwright/test'
import type { Run } from '../src/shared/domain/run.ts'
import { expect, test } from './application.ts'
import { listRuns } from './command-line.ts'
import { finishedExperiment, firstPoints, startExperiment, status } from './experiment.ts'

const arms = ['weak', 'naive', 'confidence', 'bootstrapping', 'ceiling'] as const
const seeds = [0, 1] as const

test('the main job: first start, run, watch, reload in the middle, compare', async ({ application }) => {
  // Its training alone takes about 20 s on two cores.
  test.setTimeout(240_000)
  const page = application.window()
  await test.step('an empty bench opens on Home', async () => {
    await expect(page.getByTestId('view-home')).toHaveAttribute('aria-current', 'page')
    await expect(page.getByTestId('attention')).toContainText('Nothing needs attention')
    await expect(page.getByTestId('bench-panel')).toContainText(application.benchPath)
    await expect(page.getByTestId('status-engine')).toContainText(/\w+ · \w+/)
  })
  // Two seeds train while the page is looked at, longer than the other tests need.
  await startExperiment(page, { name: 'Main job', headSteps: '4000' })

  await test.step('curves appear and grow while it runs', async () => {
    await firstPoints(page)
    const before = await shownPoints(page)
    await expect.poll(() => shownPoints(page)).toBeGreaterThan(before)
    await expect(status(page)).toHaveText('Running')
    await expect(page.getByTestId('status-jobs')).toContainText('running')
  })

  await test.step('a reload finds it again, still running', async () => {
    await page.reload()
    await expect(page.getByTestId('experiment-name')).toHaveText('Main job')
    await expect(status(page)).toHaveText('Running')
    await firstPoints(page)
  })

  await test.step('it finishes', async () => {
    await finishedExperiment(page)
    await expect(page.getByTestId('status-jobs')).toBeHidden()
  })
  const runs = await listRuns(application.benchPath)

  await test.step('the summary is what the runs in the file give', async () => {
    const table = page.getByTestId('summary-table')
    const rows = await table.locator('tbody tr').evaluateAll((all) => all.map((row) => row.getAttribute('data-arm')))
    expect(rows).toEqual([...arms])
    for (const arm of arms) {
      const cells = table.locator(`tr[data-arm="${arm}"] td`)
      await expect(cells.nth(0)).toHaveText(meanSd(seeds.map((seed) => accuracy(runs, arm, seed))))
      if (arm !== 'weak' && arm !== 'ceiling') await expect(cells.nth(2)).toHaveText(meanSd(seeds.map((seed) => gapRecovered(runs, arm, seed))))
    }
  })

  await test.step('charts and claims are there', async () => {
    const mean = average(seeds.map((seed) => accuracy(runs, 'confidence', seed))).toFixed(3)
    await expect(page.getByTestId('accuracy-chart').getByRole('img')).toHaveAccessibleName(new RegExp(`Confidence loss ${mean}`))
    const pgr = average(seeds.map((seed) => gapRecovered(runs, 'naive', seed))).toFixed(3).replace('-', '\u2212')
    await expect(page.getByTestId('pgr-chart').getByRole('img')).toHaveAccessibleName(new RegExp(`Naive student ${pgr}`))
    for (const chart of ['arm-chart', 'loss-chart', 'accuracy-chart', 'pgr-chart']) await expect(page.getByTestId(chart).locator('canvas')).toBeVisible()
    await expect(page.getByTestId('claims').locator('tbody tr')).toHaveCount(6)
  })

  await test.step('the runs table shows every run with its value', async () => {
    const table = page.getByTestId('runs-table')
    await expect(table.getByRole('grid')).toHaveAttribute('aria-rowcount', String(runs.length + 1))
    for (const arm of arms) {
      const run = finalRun(runs, arm, 1)
      await expect(table.locator(`[data-run="${run.id}"]`)).toContainText(accuracy(runs, arm, 1).toFixed(3))
    }
  })

  await test.step('two selected runs show what differs between them', async () => {
    const table = page.getByTestId('runs-table')
    await table.locator(`[data-run="${finalRun(runs, 'naive', 0).id}"]`).click()
    await expect(page.getByTestId('config-differences')).toContainText('Select two or more runs')
    await table.locator(`[data-run="${finalRun(runs, 'confidence', 0).id}"]`).click({ modifiers: ['Control'] })
    const fields = page.getByTestId('config-differences').locator('tbody th')
    await expect(fields.first()).toBeVisible()
    await expect(fields).toHaveText(differingFields(finalRun(runs, 'naive', 0), finalRun(runs, 'confidence', 0)))
    await expect(page.getByTestId('run-inspector')).toContainText(finalRun(runs, 'confidence', 0).id)
  })
})

/** Points of the loss chart, counted in its data table, and the table put away again. */
async function shownPoints(page: Page): Promise<number> {
  const chart = page.getByTestId('loss-chart')
  await chart.getByRole('button', { name: 'Show data' }).click()
  await expect(chart.locator('tbody tr').first()).toBeVisible()
  // A long table shows its first rows only, and says how many there are.
  const caption = /of ([\d,]+) rows/.exec(await chart.locator('table').innerText())?.[1]
  const count = caption === undefined ? await chart.locator('tbody tr').count() : Number(caption.replaceAll(',', ''))
  await chart.getByRole('button', { name: 'Show chart' }).click()
  return count
}

function finalRun(runs: readonly Run[], arm: string, seed: number): Run {
  const found = runs.filter((run) => run.arm === arm && run.seed === seed && run.role !== 'intermediate').at(-1)
  if (found === undefined) throw new Error(`No run of ${arm}, seed ${seed}.`)
  return found
}

const accuracy = (runs: readonly Run[], arm: string, seed: number): number => finalRun(runs, arm, seed).summary['testAccuracy'] ?? Number.NaN

const gapRecovered = (runs: readonly Run[], arm: string, seed: number): number =>
  (accuracy(runs, arm, seed) - accuracy(runs, 'weak', seed)) / (accuracy(runs, 'ceiling', seed) - accuracy(runs, 'weak', seed))

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function meanSd(values: readonly number[]): string {
  const mean = average(values)
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`.replaceAll('-', '\u2212')
}

/** Fields of the configuration that two runs do not share, nested ones by their path, in the order of the table: by name. */
function differingFields(a: Run, b: Run): string[] {
  const [ofA, ofB] = [flatten(a.config), flatten(b.config)]
  return [...new Set([...ofA.keys(), ...ofB.keys()])].filter((name) => ofA.get(name) !== ofB.get(name)).sort()
}

function flatten(config: Readonly<Record<string, unknown>>, prefix = ''): Map<string, string> {
  return new Map(Object.entries(config).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [...flatten(value as Readonly<Record<string, unknown>>, `${prefix}${name}.`)]
      : [[`${prefix}${name}`, JSON.stringify(value)] as const]))
}
