import { expect, test } from './application.ts'
import { failOnTensorflow, listRuns } from './command-line.ts'
import { finishedExperiment, status } from './experiment.ts'

test('an experiment whose engine failed runs on the next one in one click, beside the old one', async ({ application }) => {
  await application.close()
  expect(await failOnTensorflow(application)).toMatch(/--engine (wasm|webgpu)/)
  await application.restart()
  const page = application.window()
  await page.getByTestId('view-home').click()
  const attention = page.getByTestId('attention')
  await expect(attention).toContainText('TensorFlow is not set up on this machine. Run: npm run setup:tensorflow')
  const offer = attention.getByTestId('run-on-engine')
  await expect(offer).toHaveText(/^\s*Run on (WebAssembly|WebGPU)$/)
  await offer.click()

  await expect(page.getByTestId('experiment-name')).toHaveText(/^Weak-to-strong 1 on (wasm|webgpu)$/)
  await expect(page.getByTestId('engine-failure')).toHaveCount(0)
  await finishedExperiment(page)
  const runs = await listRuns(application.benchPath)
  expect(runs.map((run) => run.status)).toEqual(runs.map(() => 'done'))
  expect(new Set(runs.map((run) => run.engine.split(' ')[0]))).toEqual(new Set([/wasm/.test(await page.getByTestId('experiment-name').innerText()) ? 'WebAssembly' : 'WebGPU']))

  // The old one stays as it is, and offers the same.
  await page.getByTestId('experiment-list').getByRole('button', { name: /Weak-to-strong 1(?! on)/ }).click()
  await expect(page.getByTestId('experiment-name')).toHaveText('Weak-to-strong 1')
  await expect(status(page)).toHaveText('Failed')
  await expect(page.getByTestId('engine-failure').getByTestId('run-on-engine')).toBeEnabled()
})
