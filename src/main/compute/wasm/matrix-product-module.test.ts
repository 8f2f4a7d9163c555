import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { matrixProductModule } from './matrix-product-module.ts'

interface Builder {
  compileMatrixProduct(): Promise<Uint8Array>
}

it('is what the AssemblyScript source compiles to', async () => {
  const script = new URL('../../../../scripts/build-kernels.mjs', import.meta.url)
  const builder = (await import(/* @vite-ignore */ pathToFileURL(script.pathname).href)) as Builder
  expect(matrixProductModule).toBe(Buffer.from(await builder.compileMatrixProduct()).toString('base64'))
})
