import type { Page } from '@playwright/test'
import { expect, test } from './application.ts'


/** Shows the Label view of the spam sample. */
async function withSpam(page: Page): Promise<void> {
  await page.getByTestId('view-label').click()
  await page.getByTestId('label-add-sample').click()
  await expect(page.getByTestId('annotate-stage')).toBeVisible({ timeout: 30_000 })
}
const tab = (page: Page, name: string) => page.getByTestId('label-tabs').getByRole('radio', { name })

test('annotation by keyboard: labels, undo, skip, suggestions, agreement', async ({ application }) => {
  const page = application.window()
  await withSpam(page)
  const stage = page.getByTestId('annotate-stage')
  const row = page.getByTestId('annotate-row')
  const progress = page.getByTestId('annotate-progress')
  await expect(stage).toBeFocused()
  await expect(stage).toContainText('waiting for')

  await test.step('a class key labels and goes on', async () => {
    await page.keyboard.press('2')
    await expect(row).toHaveText('Row 1')
    await page.keyboard.press('1')
    await expect(row).toHaveText('Row 2')
    await expect(progress).toHaveText('2 of 5,834')
    await expect(page.getByTestId('undo-depth')).toHaveText('2')
    await expect(page.locator('[data-class="spam"]')).toContainText('1')
  })

  await test.step('Control+Z goes back to the example; Control+Space skips', async () => {
    await page.keyboard.press('Control+z')
    await expect(row).toHaveText('Row 1')
    await expect(progress).toHaveText('1 of 5,834')
    await page.keyboard.press('Control+Space')
    await expect(row).toHaveText('Row 2')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    await expect(row).toHaveText('Row 0')
    await expect(page.getByTestId('given-label')).toHaveText('spam')
    await page.keyboard.press('Backspace')
    await expect(page.getByTestId('given-label')).toHaveCount(0)
    await expect(progress).toHaveText('0 of 5,834')
  })

  await test.step('? names the keys', async () => {
    await page.keyboard.press('?')
    await expect(page.getByTestId('shortcuts')).toContainText('Skip the example')
    await page.keyboard.press('Escape')
  })

  await test.step('Enter accepts what a source suggests', async () => {
    await page.getByTestId('annotate-suggestion').locator('select').selectOption({ label: 'label (given)' })
    await expect(page.getByTestId('suggestion')).toHaveText('spam')
    await stage.click()
    await page.keyboard.press('Enter')
    await expect(row).toHaveText('Row 1')
    await expect(page.getByTestId('suggestion')).toHaveText('ham')
    await expect(progress).toHaveText('1 of 5,834')
  })

  await test.step('every key press shows the next example', async () => {
    await page.evaluate(() => {
      const times: number[] = []
      Object.assign(window, { labelTimes: times })
      let pressed = 0
      window.addEventListener('keydown', () => (pressed = performance.now()), true)
      const shown = document.querySelector('[data-testid="annotate-stage"]')!
      new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - pressed)))).observe(shown, { attributes: true, attributeFilter: ['data-row'] })
    })
    for (let press = 0; press < 60; press += 1) {
      await page.keyboard.press(press % 3 === 0 ? '2' : '1')
      await expect(row).toHaveText(`Row ${press + 2}`)
    }
    const times = await page.evaluate(() => (window as unknown as { labelTimes: number[] }).labelTimes)
    const sorted = times.toSorted((a, b) => a - b)
    const median = sorted[Math.floor(sorted.length / 2)] ?? Infinity
    const nearlyAll = sorted[Math.floor(sorted.length * 0.95)] ?? Infinity
    console.log(`    Key press to next example: median ${median.toFixed(1)} ms, 95% within ${nearlyAll.toFixed(1)} ms, worst ${sorted.at(-1)?.toFixed(1)} ms, n = ${times.length}`)
    expect(times.length).toBe(60)
    // The time is a figure to read, not a check: it is the machine's as much as the application's.
    await expect(progress).toHaveText('61 of 5,834')
  })

  await test.step('two sources are compared, and a conflict is decided', async () => {
    await page.getByTestId('open-agreement').click()
    await expect(page.getByTestId('agreement-pairs').locator('tbody tr')).toHaveCount(1)
    await expect(page.getByTestId('agreement-pairs')).toContainText('61')
    const conflicts = page.getByTestId('conflicts').locator('tbody tr')
    await expect(conflicts.first()).toBeVisible()
    await conflicts.first().click()
    await page.getByRole('group', { name: 'Adjudicate' }).getByRole('button', { name: 'ham' }).click()
    await expect(page.getByTestId('notice')).toContainText('adjudicated as ham')
    await expect(page.getByTestId('label-sources')).toContainText('adjudicator')
    await page.getByTestId('close-agreement').click()
    await expect(stage).toBeVisible()
  })

  await test.step('labels stay after a restart', async () => {
    await application.restart()
    await application.window().getByTestId('view-label').click()
    await expect(application.window().getByTestId('annotate-progress')).toHaveText('61 of 5,834')
  })
})

test('labeling functions: preview, apply, table, suggestions; label models and their labels', async ({ application }) => {
  const page = application.window()
  await withSpam(page)
  await tab(page, 'Labeling functions').click()
  const preview = page.getByTestId('function-preview')
  const table = page.getByTestId('function-table')
  const write = async (name: string, words: string, label: string): Promise<void> => {
    await page.locator('#function-name').fill(name)
    await page.locator('#function-words').fill(words)
    await page.locator('#function-label').selectOption({ label })
  }

  await test.step('the preview follows the rule as it is written', async () => {
    await page.getByTestId('first-function').click()
    await expect(page.locator('#function-name')).toBeFocused()
    await write('money', 'free money\nclick here', 'spam')
    await expect(page.getByTestId('preview-hits').locator('mark').first()).toHaveText(/click here|free money/i)
    await expect(preview).toContainText('n = ')
    await page.locator('#function-kind').selectOption('pattern')
    await page.locator('#function-pattern').fill('free(')
    await expect(page.locator('#function-pattern-help')).toHaveText('Unterminated group.')
    await page.locator('#function-kind').selectOption('javascript')
    await page.locator('#function-code').fill('return example.body.length > 99999 ? "spam" : 7')
    await expect(page.locator('#function-code-help')).toContainText('returned 7')
    await page.locator('#function-kind').selectOption('keywords')
  })

  await test.step('saving and applying fills the table', async () => {
    await page.getByTestId('apply-function').click()
    await expect(table.locator('[data-function-row="money"]')).toContainText('spam', { timeout: 20_000 })
    await page.getByTestId('new-function').click()
    await write('replies', 're', 'ham')
    await page.getByTestId('apply-function').click()
    await expect(table.locator('tbody tr')).toHaveCount(2, { timeout: 20_000 })
    await page.locator('#function-words').fill('re\nwrote')
    await page.keyboard.press('Control+s')
    await expect(page.getByTestId('notice')).toContainText('version 2')
    await page.getByTestId('apply-function').click()
    await expect(table.locator('tbody tr')).toHaveCount(2, { timeout: 20_000 })
    await expect(table.getByTestId('total-coverage')).toHaveText(/^0\.\d{4}$/)
  })

  await test.step('a suggested term becomes a rule', async () => {
    await page.getByTestId('suggest').click()
    const term = page.getByTestId('suggested-terms').locator('tbody button').first()
    await expect(term).toBeVisible({ timeout: 20_000 })
    const text = (await term.textContent()) ?? ''
    await term.click()
    await expect(page.locator('#function-words')).toHaveValue(text)
    await page.getByTestId('apply-function').click()
    await expect(table.locator('tbody tr')).toHaveCount(3, { timeout: 20_000 })
  })

  await test.step('a function is deleted, and undo brings it back', async () => {
    await page.getByTestId('delete-function').click()
    await expect(table.locator('tbody tr')).toHaveCount(2)
    await page.getByTestId('undo').click()
    await expect(table.locator('tbody tr')).toHaveCount(3)
  })

  await test.step('Dawid-Skene stands beside majority vote', async () => {
    await tab(page, 'Label models').click()
    await page.locator('#model-method').selectOption('dawid-skene')
    await page.getByTestId('run-model').click()
    const cards = page.getByTestId('model-cards').locator('article')
    await expect(cards).toHaveCount(2, { timeout: 30_000 })
    for (const name of ['majority', 'dawid-skene']) await expect(page.locator(`[data-model="${name}"]`).getByTestId('model-accuracy')).toHaveText(/^0\.\d{3}$/)
  })

  await test.step('its labels are looked at in Data', async () => {
    await page.locator('[data-model="dawid-skene"]').getByTestId('look-at-labels').click()
    await expect(page.getByTestId('view-data')).toHaveAttribute('aria-current', 'page')
  })
})
