import { spawn } from 'node:child_process'
import { childEnvironment } from '../launch/child.mjs'
import { pinnedNode, sourceFile } from '../launch/places.mjs'
import { SetupError } from './failures.mjs'

/**
 * Loads a compiled binding in a process of its own, as the application's workers do, and trains a small network with it.
 *
 * @returns `{ version, gpu, firstLoss, lastLoss, milliseconds, log }`; `log` is what TensorFlow said about devices
 */
export async function prove(binding) {
  const { code, signal, stdout, stderr } = await run(binding)
  const result = parse(stdout)
  if (code !== 0 || result === undefined) throw notLoaded(result?.error ?? (stderr.trim().split('\n').at(-1) || `its process ended with ${signal ?? code}`))
  if (!(result.lastLoss < 0.5 * result.firstLoss)) {
    throw new SetupError(`TensorFlow loads, but training with it does not work: the loss went from ${result.firstLoss} to ${result.lastLoss}.`, 'Run: npm run setup:tensorflow -- --force')
  }
  return { ...result, log: stderr }
}

function notLoaded(why) {
  if (/GLIBC(XX)?_/.test(why)) {
    return new SetupError(`TensorFlow's library needs a newer C or C++ library than this system has: ${why}`, 'Update the system, or use the WebAssembly or the WebGPU engine.')
  }
  return new SetupError(`TensorFlow's library could not be used: ${why}`, 'Run: npm run setup:tensorflow -- --force')
}

function run(binding) {
  return new Promise((resolve) => {
    // Here its log is wanted: it says why a GPU is not used.
    const env = childEnvironment({ TF_CPP_MIN_LOG_LEVEL: '0' })
    const child = spawn(pinnedNode(), [sourceFile('src/main/compute/tensorflow/prove.ts'), binding], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (said[name] = (said[name] + text).slice(-200_000)))
    child.once('error', (error) => resolve({ code: 1, ...said, stderr: error.message }))
    child.once('close', (code, signal) => resolve({ code, signal, ...said }))
  })
}

function parse(stdout) {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1))
  } catch {
    return undefined
  }
}

/** Why TensorFlow computes on the CPU although the CUDA build was set up, one sentence, from its log and NVIDIA's driver. */
export function whyNoGpu(log, { gpus, problem }) {
  if (gpus.length === 0) return problem
  const missing = /Could not load dynamic library '([^']+)'|Cannot open shared object file: ([^\s;]+)/i.exec(log)
  if (missing) return `The library ${missing[1] ?? missing[2]} could not be loaded.`
  const failed = /failed call to cuInit: [^\n]*|Cannot dlopen some GPU libraries[^\n]*|Could not find cuda drivers[^\n]*|Ignoring visible gpu device[^\n]*/.exec(log)
  return failed ? `TensorFlow says: ${failed[0].trim()}` : `TensorFlow did not take ${gpus[0].name} (driver ${gpus[0].driver}) and gives no reason.`
}
