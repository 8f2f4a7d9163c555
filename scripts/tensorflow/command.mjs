import { UsageError } from '../launch/failures.mjs'
import { exclusively } from '../launch/exclusive.mjs'
import { say } from '../launch/progress.mjs'
import { SetupError } from './failures.mjs'
import { parse, usage } from './options.mjs'
import { check, setUp } from './setup.mjs'

/**
 * The command `setup:tensorflow` in the pinned Node; resolves to its exit code: 0 when the engine works, 1 when it does not,
 * 2 for options that make no sense. With `--json` the result is the only thing on stdout.
 */
export async function command(args) {
  let options
  try {
    options = parse(args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    say(`Weakbench: ${error.message}`)
    return 2
  }
  if (options.help) {
    console.log(usage)
    return 0
  }
  process.once('SIGINT', () => {
    say('\nInterrupted; the same command continues where it stopped.')
    process.exit(130)
  })
  try {
    const result = await (options.check ? check() : exclusively('setup-tensorflow', 'setting up TensorFlow', () => setUp(options)))
    console.log(options.json ? JSON.stringify(summary(result)) : sentences(result))
    return 0
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    if (options.json) console.log(JSON.stringify({ error: { message: error.message, remedy: error.remedy } }))
    else say(`Weakbench: ${error.message}\n${error.remedy}`)
    return 1
  }
}

/** What `--json` prints. */
export function summary({ installation: { folder, tensorflow, build, device, cuda, noGpu, libraries }, proof, changed = false }) {
  const bytes = libraries.reduce((sum, library) => sum + library.bytes, 0)
  const { gpu, firstLoss, lastLoss, milliseconds } = proof
  return { changed, tensorflow, build, device, gpu, noGpu, cuda: cuda['nvidia-cuda-runtime-cu12'] ?? null, cudnn: cuda['nvidia-cudnn-cu12'] ?? null, folder, libraryBytes: bytes, proof: { firstLoss, lastLoss, milliseconds } }
}

function sentences(result) {
  const { tensorflow, device, gpu, noGpu, cuda, cudnn, folder, proof, changed } = summary(result)
  const lines = [
    `TensorFlow ${tensorflow} ${changed ? 'is set up and works' : 'works'} on ${device}: a small network trained from loss ${proof.firstLoss.toPrecision(3)} to ${proof.lastLoss.toPrecision(3)}.`,
    ...(cuda === null ? [] : [`CUDA ${cuda}, cuDNN ${cudnn}.`]),
    ...(gpu || noGpu === null ? [] : [`A GPU is not used: ${noGpu}`]),
    `It lies in ${folder}.`
  ]
  return lines.join('\n')
}
