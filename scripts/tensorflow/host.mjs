import { release as osRelease } from 'node:os'
import { capture } from '../launch/child.mjs'
import { SetupError } from './failures.mjs'

/** This machine as wheels see it: see `runsOn`. */
export function thisHost() {
  return { platform: process.platform, arch: process.arch, libc: process.platform === 'darwin' ? macosVersion() : glibcVersion() }
}

const glibcVersion = () => process.report.getReport().header.glibcVersionRuntime

/** macOS 11 came with Darwin 20, 15 with Darwin 24; from Darwin 25 on the system is called 26 and so on. */
function macosVersion() {
  const darwin = Number(osRelease().split('.')[0])
  return `${darwin >= 25 ? darwin + 1 : darwin - 9}.0`
}

/**
 * Which package of the index has libtensorflow for a host and build.
 * Throws where there is none, with the reason.
 */
export function packageFor({ platform, arch, libc }, build) {
  if (platform === 'win32') {
    throw new SetupError('TensorFlow cannot be set up on Windows itself: its official package there has no C library to link to.', 'Use the WebGPU engine, or set it up in the Windows Subsystem for Linux.')
  }
  if (!['x64', 'arm64'].includes(arch) || !['linux', 'darwin'].includes(platform)) {
    throw new SetupError(`There is no official TensorFlow for ${platform} on ${arch}.`, 'Use the WebAssembly or the WebGPU engine.')
  }
  if (platform === 'linux' && libc === undefined) {
    throw new SetupError('The official TensorFlow needs glibc, and this Linux has another C library (musl).', 'Use the WebAssembly or the WebGPU engine, or a distribution with glibc.')
  }
  if (build === 'cuda' && !(platform === 'linux' && arch === 'x64')) {
    throw new SetupError(`There is no CUDA build of TensorFlow for ${platform} on ${arch}.`, 'Run: npm run setup:tensorflow -- --cpu')
  }
  return build === 'cpu' && platform === 'linux' && arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow'
}

/**
 * NVIDIA GPUs by their driver's own tool: `{ gpus: [{ name, driver, capability }], problem }`. `problem` says why there is none.
 */
export async function findNvidia(run = capture) {
  const query = ['--query-gpu=name,driver_version,compute_cap', '--format=csv,noheader']
  const { code, output } = await run('nvidia-smi', query, { env: process.env, limit: 20_000 })
  if (code === 127) return { gpus: [], problem: 'No NVIDIA driver was found (there is no nvidia-smi).' }
  if (code !== 0) return { gpus: [], problem: `The NVIDIA driver does not answer: ${output.trim().split('\n')[0] || `nvidia-smi ended with ${code}`}` }
  const gpus = output.trim().split('\n').flatMap((line) => {
    const [name, driver, capability] = line.split(',').map((part) => part.trim())
    return driver === undefined ? [] : [{ name, driver, capability }]
  })
  return gpus.length > 0 ? { gpus, problem: null } : { gpus, problem: 'The NVIDIA driver lists no GPU.' }
}
