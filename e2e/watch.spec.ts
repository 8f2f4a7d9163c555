import { expect, test } from './application.ts'

test('the watch notices a policy violation, a console error, an uncaught error and a foreign request', async ({ application }) => {
  const page = application.window()
  await expect(page.getByTestId('demo-form')).toBeVisible()
  expect(application.watch.complaints).toEqual([])
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "run"'
    document.body.append(script)
    console.error('said by the test')
    setTimeout(() => { throw new Error('thrown by the test') })
    void fetch('http://198.51.100.1/').catch(() => undefined)
  })
  await expect(page).not.toHaveTitle('run')
  for (const part of ['securitypolicyviolation: script-src', 'securitypolicyviolation: connect-src', 'console error: said by the test', 'uncaught error: thrown by the test']) {
    await expect.poll(() => application.watch.complaints.join('\n')).toContain(part)
  }
  application.watch.take()
})
