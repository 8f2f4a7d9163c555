import { posix } from 'node:path'

const headers = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/', 'xla/c/']

/**
 * Where a member of TensorFlow's wheel goes below `deps`, or undefined for what is not needed: the two libraries, with the
 * names they know each other by, and the C headers with what those include.
 */
export function fromTensorflow(name) {
  if (!isPlain(name)) return undefined
  if (/^tensorflow\/libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/.test(name)) return `lib/${posix.basename(name)}`
  const header = name.startsWith('tensorflow/include/') && name.endsWith('.h') ? name.slice('tensorflow/include/'.length) : ''
  return headers.some((folder) => header.startsWith(folder)) ? `include/${header}` : undefined
}

/**
 * The same for a wheel of NVIDIA's libraries: they keep their places, because TensorFlow's libraries look for them in
 * `../nvidia/<part>/lib`; the assembler and the device code that XLA compiles with come along.
 */
export function fromNvidia(name) {
  if (!isPlain(name) || !name.startsWith('nvidia/')) return undefined
  const wanted = /^nvidia\/[a-z0-9_]+\/lib\/[^/]+\.so(\.\d+)*$/.test(name) || /^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/[^/]+\.bc)$/.test(name)
  return wanted ? name : undefined
}

/** A relative path that stays where it is put. */
const isPlain = (name) => !name.endsWith('/') && !name.includes('\\') && !posix.isAbsolute(name) && !name.split('/').some((part) => part === '..' || part === '.')
