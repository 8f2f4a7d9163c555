import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture, childEnvironment, outerEnvironment } from '../launch/child.mjs'
import { pinnedNode } from '../launch/places.mjs'
import { SetupError } from './failures.mjs'

/** The compiled binding, relative to the folder of the installation. */
export const bindingPath = 'build/Release/tfjs_binding.node'

/**
 * How to build the binding's two sources. It takes the place of the package's own `binding.gyp`, which links the
 * library under the name it has in the archives that the package's install script used to download. The libraries are
 * found at run time relative to the binding, so the folder may be moved.
 */
export const gyp = (libraries) => ({
  targets: [
    {
      target_name: 'tfjs_binding',
      sources: ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'],
      include_dirs: ['.', 'deps/include'],
      defines: ['NAPI_VERSION=8'],
      libraries: libraries.map((name) => `<(module_root_dir)/deps/lib/${name}`),
      conditions: [
        ['OS=="linux"', { ldflags: ["-Wl,-rpath,'$$ORIGIN/../../deps/lib'"] }],
        ['OS=="mac"', { xcode_settings: { OTHER_LDFLAGS: ['-Wl,-rpath,@loader_path/../../deps/lib'] } }]
      ]
    }
  ]
})

/**
 * Compiles the binding in the installation's folder, whose `deps` are in place. The sources are copied there first; the
 * package in node_modules stays as it is. What the compiler says is kept in `compile.log`.
 *
 * @param sources the folder of @tensorflow/tfjs-node-gpu
 * @param libraries names of the libraries in `deps/lib`
 * @param toolchain of `findToolchain`
 */
export async function compile(folder, sources, libraries, { nodeGyp, headers }) {
  for (const name of ['binding', 'build']) rmSync(join(folder, name), { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(join(sources, 'binding'), join(folder, 'binding'), { recursive: true })
  writeFileSync(join(folder, 'binding.gyp'), JSON.stringify(gyp(libraries), null, 2))
  const args = [nodeGyp, 'rebuild', `--directory=${folder}`, ...(headers === undefined ? [] : [`--nodedir=${headers}`])]
  const { code, output } = await capture(pinnedNode(), args, { cwd: folder, env: { ...outerEnvironment(), PATH: childEnvironment().PATH } })
  const log = join(folder, 'compile.log')
  writeFileSync(log, output)
  if (code !== 0) throw compilationFailure(output, log)
}

/** What made a compilation fail, as a sentence, by what node-gyp and the compiler are known to say. */
export function compilationFailure(output, log) {
  const firstError = output.split('\n').find((line) => /(fatal )?error:|gyp ERR! stack Error|undefined reference/.test(line))?.trim()
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|response downloading|bad response|FetchError|fetch failed/.test(output)) {
    return new SetupError('Node\'s headers could not be downloaded to compile the binding.', 'Check the network connection, or install a Node that brings its headers (as those from https://nodejs.org do), then run the same command again.')
  }
  if (/find Python|Could not find any Python|No module named 'distutils'/.test(output) && /gyp ERR!/.test(output)) {
    return new SetupError('node-gyp found no Python that it can use.', 'Install Python 3, or update npm (npm install -g npm) if Python is 3.12 or later, then run the same command again.')
  }
  if (/No space left on device/.test(output)) return new SetupError(`The disk was full while the binding was compiled.`, 'Free some space, then run the same command again.')
  if (/has no member|was not declared|no matching function|cannot convert/.test(output)) {
    return new SetupError(`This version of TensorFlow does not fit the binding: ${firstError}`, 'Run: npm run setup:tensorflow without --version, which takes the version this was tested with.')
  }
  return new SetupError(`The binding could not be compiled${firstError ? `: ${firstError}` : ''}`, `Read ${log} for all that the compiler said.`)
}
