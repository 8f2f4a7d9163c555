/**
 * Compiles the AssemblyScript kernels and writes them, base64, into the source file that loads them, so that the
 * sources run without a build step. Run it after a change in `assembly/`; a test fails when it was forgotten.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Compiles `assembly/matrix-product.ts` and returns the module's bytes. */
export async function compileMatrixProduct() {
  let binary = null
  const options = ['--optimizeLevel', '3', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--noAssert', '--noExportMemory']
  const { error, stderr } = await asc.main(['assembly/matrix-product.ts', '--baseDir', root, '--outFile', 'matrix-product.wasm', ...options], {
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents
    }
  })
  if (error || !binary) throw new Error(`The kernel did not compile: ${error?.message ?? 'no output'}\n${stderr.toString()}`)
  return binary
}

/** The text of the source file that holds the compiled module. */
export function moduleSource(binary) {
  const lines = Buffer.from(binary).toString('base64').match(/.{1,116}/g) ?? []
  return `/** \`assembly/matrix-product.ts\`, compiled by \`scripts/build-kernels.mjs\`: do not edit by hand. */
export const matrixProductModule = [
${lines.map((line) => `  '${line}'`).join(',\n')}
].join('')
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = new URL('../src/main/compute/wasm/matrix-product-module.ts', import.meta.url)
  writeFileSync(target, moduleSource(await compileMatrixProduct()))
  console.log(`Wrote ${fileURLToPath(target)}`)
}
