import type { Page } from '@playwright/test'
import { expect, test } from './application.ts'
import { storedSetting as stored } from './stored-setting.ts'

test.use({ benchContent: 'finished' })

const background = (page: Page): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)

test('engines are listed with why one is missing, and the file is checked', async ({ application }) => {
  const page = application.window()
  await page.getByTestId('view-settings').click()
  const engines = page.getByTestId('engines-table')
  await expect(engines.locator('tr[data-engine="wasm"]')).toHaveAttribute('data-available', 'true')
  await expect(engines.getByText('default', { exact: true })).toHaveCount(1)
  for (const row of await engines.locator('tr[data-available="false"]').all()) await expect(engines.locator(`tr[data-engine-reason="${await row.getAttribute('data-engine')}"]`)).toHaveText(/\w{3,}/)
  await page.getByTestId('check-integrity').click()
  await expect(page.getByTestId('integrity')).toHaveText('The bench file is intact.')
})

test('the theme follows the system until one is chosen, and the choice is remembered', async ({ application }) => {
  const page = application.window()
  await page.emulateMedia({ colorScheme: 'light' })
  await page.getByTestId('view-settings').click()
  const light = await background(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(() => background(page)).not.toBe(light)
  const dark = await background(page)
  await page.getByRole('radio', { name: 'Light' }).click()
  await expect.poll(() => background(page)).toBe(light)
  await expect.poll(() => stored(application.benchPath, 'window.theme')).toBe('"light"')
  await page.reload()
  await expect(page.getByRole('radio', { name: 'Light' })).toHaveAttribute('aria-checked', 'true')
  await expect.poll(() => background(page)).toBe(light)
  await page.getByRole('radio', { name: 'Light' }).press('ArrowRight')
  await expect.poll(() => background(page)).toBe(dark)
})

test('pane widths, closed panes, sorts and the last view are found again', async ({ application }) => {
  let page = application.window()
  await page.getByTestId('view-experiments').click()
  await page.getByTestId('experiment-list').getByRole('button').first().click()
  const resizer = page.getByRole('separator', { name: 'Width of the side list' })
  await resizer.focus()
  const width = Number(await resizer.getAttribute('aria-valuenow'))
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await expect(resizer).toHaveAttribute('aria-valuenow', String(width + 32))
  await page.getByRole('button', { name: 'Test accuracy', exact: true }).click()
  await page.keyboard.press('Control+i')
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeHidden()
  await expect.poll(() => stored(application.benchPath, 'experiments.inspector-open')).toBe('false')

  await page.reload()
  await expect(page.getByTestId('experiment-name')).toHaveText('Two seeds')
  await remembered(page)
  await application.restart()
  page = application.window()
  await expect(page.getByTestId('view-experiments')).toHaveAttribute('aria-current', 'page')
  await page.getByTestId('experiment-list').getByRole('button').first().click()
  await remembered(page)

  async function remembered(shown: Page): Promise<void> {
    await expect(shown.getByRole('separator', { name: 'Width of the side list' })).toHaveAttribute('aria-valuenow', String(width + 32))
    await expect(shown.getByRole('complementary', { name: 'Side list' })).toHaveCSS('width', `${width + 32}px`)
    await expect(shown.getByRole('complementary', { name: 'Inspector' })).toBeHidden()
    await expect(shown.getByRole('columnheader', { name: 'Test accuracy' }).and(shown.locator('[aria-sort="descending"]'))).toBeVisible()
  }
})
