import { expect, test } from './application.ts'
import { listRuns } from './command-line.ts'
import { endless, firstPoints, startExperiment, status } from './experiment.ts'

/** Seconds that a cancelled experiment may take to say so; a second on an idle machine, which the machine of a test need not be. */
const cancelLimit = 2

test('cancelling stops within the limit; the runs remain, marked', async ({ application }) => {
  const page = application.window()
  await startExperiment(page, { ...endless, name: 'To be cancelled' })
  await firstPoints(page)
  const asked = performance.now()
  await page.getByTestId('cancel-experiment').click()
  await expect(status(page)).toHaveText('Cancelled', { timeout: 10_000 })
  const seconds = (performance.now() - asked) / 1000
  console.log(`    cancelled ${seconds.toFixed(2)} s after the click`)
  expect(seconds).toBeLessThanOrEqual(cancelLimit)
  await expect(page.getByTestId('cancel-experiment')).toBeHidden()
  await expect(page.getByTestId('runs-table').getByText('Cancelled').first()).toBeVisible()
  const runs = await listRuns(application.benchPath)
  expect(runs.length).toBeGreaterThan(0)
  expect(runs.map((run) => run.status)).toContain('cancelled')
  expect(runs.map((run) => run.status)).not.toContain('running')
  await page.getByTestId('view-jobs').click()
  await expect(page.getByTestId('jobs-list').locator('tr[data-status="cancelled"]')).toHaveCount(2)
})

test('a cancelled experiment can be resumed and cancelled again', async ({ application }) => {
  const page = application.window()
  await startExperiment(page, { ...endless, seeds: '0' })
  await firstPoints(page)
  await page.getByTestId('cancel-experiment').click()
  await page.getByTestId('resume-experiment').click()
  await expect(status(page)).toHaveText('Running')
  await page.getByTestId('cancel-experiment').click()
  await expect(status(page)).toHaveText('Cancelled')
})

test('closing the window asks while something runs, and only then', async ({ application }) => {
  const page = application.window()
  await startExperiment(page, { ...endless, seeds: '0' })
  await firstPoints(page)
  expect(await application.closeWindow('keep')).toEqual({ asked: true, closed: false })
  await expect(status(page)).toHaveText('Running')
  await page.getByTestId('cancel-experiment').click()
  await expect(status(page)).toHaveText('Cancelled')
  await expect(page.getByTestId('status-jobs')).toBeHidden()
  expect(await application.closeWindow('keep')).toEqual({ asked: false, closed: true })
})
