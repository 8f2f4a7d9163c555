import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './application.ts'
import { endless, firstPoints, startExperiment, status } from './experiment.ts'
import { root } from './host.ts'

const screens = join(root, 'test-results', 'screens')
const sizes = [{ width: 1440, height: 900 }, { width: 900, height: 600 }] as const
const schemes = ['light', 'dark'] as const

test.describe('an empty bench', () => {
  test('every view, large and small, light and dark', async ({ application }) => {
    const page = application.window()
    await expect(page.getByTestId('demo-form')).toBeVisible()
    for (const view of ['home', 'experiments', 'data', 'jobs'] as const) {
      await page.getByTestId(`view-${view}`).click()
      await capture(page, `empty-${view}`)
    }
  })
})

test.describe('a bench with results', () => {
  test.use({ benchContent: 'finished' })

  test('every view, large and small, light and dark', async ({ application }) => {
    const page = application.window()
    await expect(page.getByRole('cell', { name: 'Done' })).toBeVisible()
    await capture(page, 'home')

    await page.getByTestId('view-experiments').click()
    await page.getByTestId('experiment-list').getByRole('button').first().click()
    await expect(page.getByTestId('summary-table')).toContainText('±')
    await expect(page.getByTestId('pgr-chart').locator('canvas')).toBeVisible()
    await capture(page, 'comparison')
    const rows = page.getByTestId('runs-table').locator('[data-run]')
    await rows.first().click()
    await rows.nth(3).click({ modifiers: ['Control'] })
    await expect(page.getByTestId('config-differences').locator('tbody tr').first()).toBeVisible()
    await page.getByTestId('config-differences').scrollIntoViewIfNeeded()
    await capture(page, 'differences')

    await page.getByTestId('view-data').click()
    await page.getByTestId('gallery').locator('[data-row="3"]').click()
    await expect(page.getByTestId('label-history')).toBeVisible()
    await capture(page, 'data')
    await page.getByTestId('view-jobs').click()
    await page.getByTestId('jobs-list').locator('tr[data-job]').first().click()
    await expect(page.getByTestId('job-log').locator('p').first()).toBeVisible()
    await capture(page, 'jobs')
    await page.getByTestId('view-settings').click()
    await expect(page.getByTestId('engines-table')).toBeVisible()
    await capture(page, 'settings')
    await page.keyboard.press('Control+k')
    await expect(page.getByTestId('command-palette')).toBeVisible()
    await capture(page, 'palette')
    await page.keyboard.press('Escape')
    await page.getByTestId('view-home').click()
    await page.keyboard.press('?')
    await expect(page.getByTestId('shortcuts')).toBeVisible()
    await capture(page, 'shortcuts')
  })

  test('an experiment that runs', async ({ application }) => {
    const page = application.window()
    await startExperiment(page, { ...endless, name: 'Under way' })
    await firstPoints(page)
    await capture(page, 'running')
    await page.getByTestId('cancel-experiment').click()
    await expect(status(page)).toHaveText('Cancelled')
    await capture(page, 'cancelled')
  })
})

/** Takes the present view in every size and scheme, and checks that nothing of it is cut off. */
async function capture(page: Page, name: string): Promise<void> {
  const folder = join(screens, test.info().project.name)
  await mkdir(folder, { recursive: true })
  for (const size of sizes) {
    await page.setViewportSize(size)
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: join(folder, `${name}-${size.width}x${size.height}-${colorScheme}.png`) })
    }
    expect(await faults(page), `${name} at ${size.width} by ${size.height}`).toEqual([])
  }
  await page.setViewportSize(sizes[0])
}

/** Where the page is wider than the window, and which controls lie outside it, beyond what a pane lets scroll. */
const faults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { clientWidth: width, clientHeight: height, scrollWidth, scrollHeight } = document.documentElement
    const found: string[] = []
    if (scrollWidth > width || scrollHeight > height) found.push(`the page is ${scrollWidth} by ${scrollHeight}`)
    const name = (element: Element): string => element.getAttribute('data-testid') ?? element.getAttribute('aria-label') ?? element.id + (element.textContent ?? '').trim().slice(0, 40)
    const scrolls = (element: Element, axis: 'X' | 'Y'): boolean => {
      for (let box = element.parentElement; box !== null; box = box.parentElement) {
        const room = axis === 'X' ? box.scrollWidth > box.clientWidth : box.scrollHeight > box.clientHeight
        if (room && /auto|scroll/.test(getComputedStyle(box)[`overflow${axis}`])) return true
      }
      return false
    }
    for (const control of document.querySelectorAll('button, input, select, textarea, [role="separator"]')) {
      if (!control.checkVisibility({ visibilityProperty: true }) || control.closest('.visually-hidden, .skip') !== null) continue
      const { left, right, top, bottom } = control.getBoundingClientRect()
      if ((left < -0.5 || right > width + 0.5) && !scrolls(control, 'X')) found.push(`${name(control)} spans ${left} to ${right} of ${width} across`)
      if ((top < -0.5 || bottom > height + 0.5) && !scrolls(control, 'Y')) found.push(`${name(control)} spans ${top} to ${bottom} of ${height} down`)
    }
    return found
  })
