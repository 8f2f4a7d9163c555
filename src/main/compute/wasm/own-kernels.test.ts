import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { plainModule } from './plain-module.ts'
import { relaxedModule } from './relaxed-module.ts'

interface Builder {
  compileKernels(relaxed: boolean): Promise<Uint8Array>
}

it.each([['plain', plainModule], ['relaxed', relaxedModule]] as const)('the %s module is what the AssemblyScript sources compile to', async (variant, module) => {
  const script = new URL('../../../../scripts/build-kernels.mjs', import.meta.url)
  const builder = (await import(/* @vite-ignore */ pathToFileURL(script.pathname).href)) as Builder
  expect(module).toBe(Buffer.from(await builder.compileKernels(variant === 'relaxed')).toString('base64'))
})

it.each([['plain', plainModule], ['relaxed', relaxedModule]] as const)('the %s module writes nothing into the memory it is given', (_variant, module) => {
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 65_536 })
  new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(module, 'base64')), { env: { memory, logarithm: Math.log } })
  expect(new Uint8Array(memory.buffer).some((byte) => byte !== 0)).toBe(false)
})
