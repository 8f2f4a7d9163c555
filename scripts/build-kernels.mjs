/**
 * Compiles the AssemblyScript kernels, once for plain and once for relaxed SIMD, and writes them, base64, into the
 * source files that are loaded, so that the sources run without a build step. Run it after a change in `assembly/`;
 * a test fails when it was forgotten.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
// The maximum is that of the backend's memory: a shared memory must have one.
const options = ['--optimizeLevel', '3', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--maximumMemory', '65536', '--noAssert', '--noExportMemory']

/** Compiles `assembly/kernels.ts` and returns the module's bytes. */
export async function compileKernels(relaxed) {
  let binary = null
  const features = relaxed ? ['--enable', 'relaxed-simd'] : []
  const { error, stderr } = await asc.main(['assembly/kernels.ts', '--baseDir', root, '--outFile', 'kernels.wasm', ...options, ...features], {
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents
    }
  })
  if (error || !binary) throw new Error(`The kernels did not compile: ${error?.message ?? 'no output'}\n${stderr.toString()}`)
  return binary
}

/** The text of the source file that holds a compiled module. */
export function moduleSource(binary, name) {
  const lines = Buffer.from(binary).toString('base64').match(/.{1,116}/g) ?? []
  return `/** \`assembly/kernels.ts\`, compiled by \`scripts/build-kernels.mjs\`: do not edit by hand. */
export const ${name} = [
${lines.map((line) => `  '${line}'`).join(',\n')}
].join('')
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, name, relaxed] of [['plain-module.ts', 'plainModule', false], ['relaxed-module.ts', 'relaxedModule', true]]) {
    const target = new URL(`../src/main/compute/wasm/${file}`, import.meta.url)
    writeFileSync(target, moduleSource(await compileKernels(relaxed), name))
    console.log(`Wrote ${fileURLToPath(target)}`)
  }
}
