import { expect, test } from './application.ts'

test('the sample: gallery, selection, labels by key, history, undo and splits', async ({ application }) => {
  const page = application.window()
  await page.getByTestId('view-data').click()
  await page.getByTestId('add-sample').click()
  const gallery = page.getByTestId('gallery')
  await expect(gallery).toBeVisible({ timeout: 30_000 })
  await expect(page.getByTestId('example-total')).toHaveText('10,000 examples')
  const cell = (row: number) => gallery.locator(`[data-row="${row}"]`)
  await expect(cell(0).locator('canvas')).toBeVisible()

  await test.step('click, Shift and Control select', async () => {
    await cell(2).click()
    await expect(page.getByTestId('selected-count')).toHaveText('1 selected')
    await cell(5).click({ modifiers: ['Shift'] })
    await expect(page.getByTestId('selected-count')).toHaveText('4 selected')
    await cell(4).click({ modifiers: ['Control'] })
    await expect(page.getByTestId('selected-count')).toHaveText('3 selected')
    await cell(3).click()
    await expect(page.getByTestId('selected-count')).toHaveText('1 selected')
  })

  const inspector = page.getByTestId('example-inspector')
  const history = page.getByTestId('label-history').locator('tbody tr')
  await test.step('a class key labels the selection', async () => {
    await expect(inspector).toBeVisible()
    await expect(history).toHaveCount(1)
    await page.keyboard.press('7')
    await expect(page.getByTestId('notice')).toHaveText('Labelled 1 example as 7')
    await expect(history).toHaveCount(2)
    await expect(history.filter({ hasText: '7' })).not.toHaveCount(0)
    await expect(page.getByTestId('undo-depth')).toHaveText('1')
  })

  await test.step('undo takes the label back', async () => {
    await page.keyboard.press('Control+z')
    await expect(page.getByTestId('undo-depth')).toHaveText('0')
    await page.keyboard.press('Control+Shift+z')
    await expect(page.getByTestId('undo-depth')).toHaveText('1')
    // Nothing is overwritten: given, labelled, taken back, labelled again.
    await expect(history).toHaveCount(4)
    await expect(page.getByRole('complementary', { name: 'Side list' }).getByText('annotator')).toBeVisible()
  })

  await test.step('examples are pinned to a split and left out, and given back to the seeds', async () => {
    const split = page.getByLabel('Split', { exact: true })
    await split.selectOption({ label: 'left out' })
    await expect(cell(3)).toHaveAttribute('aria-label', /left out/)
    await split.selectOption({ label: 'test' })
    await expect(cell(3)).toHaveAttribute('aria-label', /, test$/)
    await page.getByTestId('undo').click()
    await expect(cell(3)).toHaveAttribute('aria-label', /left out/)
    await page.getByTestId('undo').click()
    await expect(cell(3)).not.toHaveAttribute('aria-label', /left out/)
  })

  await test.step('the keyboard moves, selects and withdraws', async () => {
    await cell(3).click()
    await page.keyboard.press('ArrowRight')
    await expect(cell(4)).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Shift+ArrowRight')
    await expect(page.getByTestId('selected-count')).toHaveText('2 selected')
    await page.keyboard.press('End')
    await expect(cell(9999)).toBeVisible()
    await page.keyboard.press('1')
    await expect(page.getByTestId('notice')).toHaveText('Labelled 1 example as 1')
    await page.keyboard.press('Backspace')
    await expect(page.getByTestId('notice')).toHaveText('Withdrew the label of 1 example')
  })

  await test.step('labels stay after a restart', async () => {
    const depth = await page.getByTestId('undo-depth').textContent()
    await application.restart()
    const again = application.window()
    await again.getByTestId('view-data').click()
    await again.getByTestId('gallery').locator('[data-row="3"]').click()
    await expect(again.getByTestId('label-history').locator('tbody tr')).toHaveCount(4)
    await expect(again.getByTestId('undo-depth')).toHaveText(depth ?? '')
  })
})
