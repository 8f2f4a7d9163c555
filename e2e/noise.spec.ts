import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { type Application, expect, test } from './application.ts'
import { finishedExperiment } from './experiment.ts'

/** Three clouds in the plane, 450 rows, their labels right; spread without chance, so that the file is always the same. */
function cloudsCsv(): string {
  const rows = Array.from({ length: 450 }, (_, row) => {
    const [angle, radius] = [row * 2.399963, 1.3 * Math.sqrt((row % 50) / 50)]
    const label = row % 3
    return [(label * 4 + radius * Math.cos(angle)).toFixed(3), ((label === 1 ? 4 : 0) + radius * Math.sin(angle)).toFixed(3), `c${label}`, row % 2 === 0 ? 'north' : 'south'].join(',')
  })
  return ['u,v,label,site', ...rows].join('\n')
}

async function importClouds(application: Application): Promise<Page> {
  const page = application.window()
  const file = join(application.home, 'clouds.csv')
  await writeFile(file, cloudsCsv())
  await page.getByTestId('view-data').click()
  await page.getByTestId('import').click()
  await page.getByTestId('import-path').fill(file)
  await page.getByTestId('import-path').press('Enter')
  await expect(page.getByTestId('preview-table')).toBeVisible()
  await expect(page.getByLabel('Role of label')).toHaveValue('label')
  await page.getByTestId('import-name').fill('Clouds')
  await page.getByTestId('start-import').click()
  await expect(page.getByTestId('example-table')).toBeVisible({ timeout: 30_000 })
  return page
}

const percentOf = async (page: Page, testId: string): Promise<number> => Number(/([\d.]+)%/.exec((await page.getByTestId(testId).textContent()) ?? '')?.[1])

test('noise to practise on, found, seen, corrected and retrained', async ({ application }) => {
  test.setTimeout(180_000)
  const page = await importClouds(application)
  await page.getByTestId('view-noise').click()
  const form = page.getByTestId('check-form')
  await expect(form).toBeVisible()

  await test.step('a fifth of the labels becomes wrong, the truth is kept', async () => {
    await page.getByTestId('open-inject').click()
    await expect(page.locator('#inject-name')).toHaveAttribute('placeholder', 'label + 20% symmetric')
    await page.locator('#inject-rate').fill('120')
    await page.getByTestId('start-inject').click()
    await expect(page.locator('#inject-rate-help')).toHaveText('A number from 0 to 100.')
    await page.locator('#inject-rate').fill('20')
    await page.getByTestId('start-inject').click()
    await expect(page.getByTestId('notice')).toContainText('Made the labels “label + 20% symmetric”', { timeout: 30_000 })
    await expect(page.locator('#check-source option:checked')).toHaveText('label + 20% symmetric (given, 450)')
  })

  await test.step('a check with few epochs estimates the rate beside the known one', async () => {
    await form.locator('[data-detector="confident-learning"]').check()
    await page.getByTestId('check-settings').click()
    for (const [field, value] of [['folds', '3'], ['epochs', '12'], ['batchSize', '32'], ['learningRate', '0.03'], ['hidden', '16']] as const) await page.locator(`#check-${field}`).fill(value)
    await page.getByTestId('start-check').click()
    await expect(page.getByTestId('notice')).toContainText('Checked 450 labels', { timeout: 60_000 })
    await expect(page.getByTestId('noise-summary')).toBeVisible()
    const [estimated, known] = [await percentOf(page, 'estimated-rate'), await percentOf(page, 'true-rate')]
    expect(known).toBeGreaterThan(14)
    expect(known).toBeLessThan(27)
    expect(Math.abs(estimated - known)).toBeLessThan(8)
    await expect(page.getByTestId('estimated-matrix').locator('tbody tr')).toHaveCount(3)
    await expect(page.getByTestId('true-matrix').locator('tbody tr')).toHaveCount(3)
    await expect(page.getByTestId('detector-table').locator('[data-detector-row="ensemble"]')).toContainText(/0\.\d{3}|1\.000/)
    await expect(page.getByTestId('data-issues').locator('li')).not.toHaveCount(0)
  })

  const list = page.getByTestId('suspect-list')
  const item = (place: number) => list.locator(`[data-index="${place}"]`)
  await test.step('a cell of the matrix shows its suspects', async () => {
    await page.getByTestId('estimated-matrix').locator('tbody tr').first().locator('button').nth(1).click()
    await expect(page.getByRole('button', { name: 'No longer only: given c1, suggested c0' })).toBeVisible()
    await expect(item(0)).toHaveAttribute('aria-label', /given c1, suggested c0/)
    await page.getByRole('button', { name: 'No longer only: given c1, suggested c0' }).click()
  })

  await test.step('a suggestion is accepted by key and taken back', async () => {
    await item(0).click()
    await expect(page.getByTestId('suspect-inspector')).toContainText('Nearest examples')
    const row = await item(0).getAttribute('data-row')
    const own = list.locator(`[data-row="${row}"]`).getByTestId('own-label')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('notice')).toHaveText('Accepted the suggestion for 1 example')
    await expect(own).toContainText('me:')
    await expect(page.getByTestId('undo-depth')).toHaveText('1')
    // The next suspect is selected, so that a list is worked through by Enter alone.
    await expect(item(1)).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Control+z')
    await expect(own).toHaveCount(0)
    await expect(page.getByTestId('undo-depth')).toHaveText('0')
  })

  await test.step('the threshold moves by keys, and says what it flags', async () => {
    const quality = page.getByTestId('threshold-quality')
    await expect(quality).toContainText(/flagged, precision \d\.\d{3}, recall \d\.\d{3}/)
    await page.getByTestId('threshold').focus()
    await page.keyboard.press('End')
    await expect(quality).toContainText('At 1.000: 450 flagged')
    await expect(quality).toContainText('recall 1.000')
    await page.getByTestId('suspect-scope').getByRole('radio', { name: 'Below threshold' }).click()
    await expect(page.getByTestId('suspect-count')).toHaveText('450 labels')
    await page.getByTestId('threshold').focus()
    await page.keyboard.press('Home')
    await expect(page.getByText('No label is left')).toBeVisible()
    await page.getByTestId('suspect-scope').getByRole('radio', { name: 'Flagged' }).click()
  })

  await test.step('the map is made, and what is drawn around is selected', async () => {
    await page.getByTestId('project-pca').click()
    const plane = page.getByTestId('plane')
    await expect(plane).toBeVisible({ timeout: 30_000 })
    await page.getByTestId('suspect-scope').getByRole('radio', { name: 'All' }).click()
    await page.getByTestId('tool-box').click()
    const box = await plane.boundingBox()
    if (box === null) throw new Error('The map is not on screen.')
    await page.mouse.move(box.x + 2, box.y + 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 2, box.y + box.height - 2, { steps: 4 })
    await page.mouse.up()
    await expect(page.getByTestId('suspects-selected')).toHaveText('450 selected')
    await page.getByRole('button', { name: 'No longer only: 450 examples drawn around' }).click()
    await page.getByTestId('suspect-scope').getByRole('radio', { name: 'Flagged' }).click()
  })

  await test.step('all suggestions at once are one step of undo', async () => {
    await item(0).click()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('notice')).toContainText(/Accepted the suggestion for \d+ examples/)
    await expect(page.getByTestId('undo-depth')).toHaveText('1')
  })

  await test.step('trained on both, corrected labels are more accurate', async () => {
    await page.getByTestId('retrain').click()
    await expect(page.getByTestId('view-experiments')).toHaveAttribute('aria-current', 'page', { timeout: 30_000 })
    await finishedExperiment(page)
    const arms = page.getByTestId('training-table').locator('tbody tr')
    await expect(arms).toHaveCount(2)
    await expect(arms.nth(0)).toHaveAttribute('data-arm', 'as given')
    await expect(arms.nth(1)).toHaveAttribute('data-arm', 'with corrections')
    await expect(arms.nth(1)).toContainText(/[+−]?0\.\d{3} ± /)
  })

  await test.step('suspects wait for annotation, also after a restart', async () => {
    await page.getByTestId('view-noise').click()
    await page.getByTestId('suspect-scope').getByRole('radio', { name: 'Flagged' }).click()
    await item(0).click()
    await item(2).click({ modifiers: ['Shift'] })
    await expect(page.getByTestId('suspects-selected')).toHaveText('3 selected')
    await page.keyboard.press('x')
    await expect(page.getByTestId('notice')).toHaveText('Left 3 examples out')
    await expect(item(0)).toContainText('left out')
    await page.getByTestId('undo').click()
    await expect(item(0)).not.toContainText('left out')
    await page.getByTestId('queue-suspects').click()
    await expect(page.getByTestId('view-label')).toHaveAttribute('aria-current', 'page')
    await expect(page.getByTestId('notice')).toHaveText('3 examples wait for annotation')
    await application.restart()
    const again = application.window()
    await again.getByTestId('view-noise').click()
    await expect(again.getByTestId('noise-checks').locator('li')).toHaveCount(1)
    await expect(again.getByTestId('suspect-list').locator('[data-index="0"]')).toBeVisible()
  })
})
