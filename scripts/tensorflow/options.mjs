import { UsageError } from '../launch/failures.mjs'

export const usage = `Usage: npm run setup:tensorflow [-- options]

Makes the engine "tensorflow" work: downloads TensorFlow's official library once into your cache folder, compiles the
binding of @tensorflow/tfjs-node-gpu against it, and proves it with a few training steps. Run it again at any time: it
continues where it stopped, and does nothing where all is well.

  --cuda          the build for NVIDIA GPUs with CUDA and cuDNN (the choice where an NVIDIA GPU is found; Linux, x86-64)
  --cpu           the build for the CPU
  --version X     another version of TensorFlow than the one this was tested with
  --force         set up anew even if all is well
  --check         only say what is there and whether it works
  --json          print the result as JSON
  --help          show this`

const flags = ['cuda', 'cpu', 'force', 'check', 'json', 'help']

/** The options of the command; what makes no sense is a UsageError. */
export function parse(args) {
  const options = { version: undefined, ...Object.fromEntries(flags.map((flag) => [flag, false])) }
  const rest = [...args]
  while (rest.length > 0) {
    const [name, value] = splitOnce(rest.shift())
    if (name === '--version') options.version = versionOf(value ?? rest.shift())
    else if (value === undefined && flags.includes(name.slice(2)) && name.startsWith('--')) options[name.slice(2)] = true
    else if (name === '-h') options.help = true
    else throw new UsageError(`"${name}" means nothing to setup:tensorflow; \`npm run setup:tensorflow -- --help\` lists what does.`)
  }
  if (options.cuda && options.cpu) throw new UsageError('--cuda and --cpu exclude each other.')
  return options
}

function splitOnce(arg) {
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)]
}

function versionOf(text) {
  if (text !== undefined && /^\d+(\.\d+){1,3}$/.test(text)) return text
  throw new UsageError('--version needs a version of TensorFlow after it, such as 2.21.0.')
}
