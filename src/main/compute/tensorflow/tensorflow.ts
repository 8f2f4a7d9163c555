import { join } from 'node:path'
import { BenchError } from '../../../shared/contract/errors.ts'
import { registerKernels } from '../kernels/register.ts'
import { packageVersion, registerTensorflow } from './binding.ts'
import type { Binding } from './binding.ts'
import { findInstallation, setUp } from './installation.ts'
import { tensorflowKernels } from './kernels.ts'

/** What TensorFlow runs on here, or why it cannot run. */
export interface TensorflowProbe {
  readonly available: boolean
  /** Such as `NVIDIA H100 (CUDA 12.9, cuDNN 9.8)` or `CPU, 8 threads`. */
  readonly device: string
  readonly version: string
  /** Why it is not available, one sentence, or null. */
  readonly reason: string | null
  /** What to do about that, one sentence, or null. */
  readonly remedy: string | null
}

/**
 * Looks whether TensorFlow is set up on this machine, without loading it (a gigabyte of libraries): cheap enough to
 * ask whenever engines are listed. The device is the one that the setup proved by training on it.
 *
 * @param root the folder of installations, for tests
 */
export function probeTensorflow(root?: string): Promise<TensorflowProbe> {
  const found = find(root)
  if ('reason' in found) return Promise.resolve({ available: false, device: 'GPU (CUDA) or CPU', version: '', ...found })
  return Promise.resolve({ available: true, device: found.device, version: found.tensorflow, reason: null, remedy: null })
}

let started: Binding | undefined

/**
 * Loads TensorFlow into this process and registers the tfjs backend `tensorflow`; select it with `tf.setBackend`.
 * Calling it again does nothing.
 *
 * @returns whether it computes on a GPU
 * @throws BenchError `engine-unavailable` when it is not set up, was damaged since, or its library does not load
 */
export async function startTensorflow(root?: string): Promise<{ readonly gpu: boolean }> {
  started ??= start(root)
  return Promise.resolve({ gpu: started.isUsingGpuDevice() })
}

function start(root?: string): Binding {
  const found = find(root)
  if ('reason' in found) throw unavailable(found.reason, found.remedy)
  const binding = load(join(found.folder, found.binding))
  if (binding.TF_Version !== found.tensorflow) {
    throw unavailable(`The library found is TensorFlow ${binding.TF_Version}, and version ${found.tensorflow} was set up.`, `${setUp} -- --force`)
  }
  if (binding.isUsingGpuDevice() !== (found.noGpu === null)) {
    const now = binding.isUsingGpuDevice() ? 'a GPU' : 'no GPU'
    throw unavailable(`TensorFlow was set up on ${found.device} and finds ${now} now.`, `Check the GPU's driver (nvidia-smi). ${setUp}`)
  }
  registerKernels(tensorflowKernels())
  return binding
}

function load(file: string): Binding {
  try {
    return registerTensorflow(file)
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw unavailable(`TensorFlow's library does not load on this machine: ${said.split('\n', 1)[0] ?? said}`, `${setUp} -- --force`, cause)
  }
}

function find(root?: string): ReturnType<typeof findInstallation> {
  const version = packageVersion()
  if (version === null) return { reason: 'The package @tensorflow/tfjs-node-gpu is not installed.', remedy: `Run: npm install. Then ${setUp.toLowerCase()}` }
  return findInstallation(version, root)
}

function unavailable(reason: string, remedy: string, cause?: unknown): BenchError {
  return new BenchError('engine-unavailable', reason, { field: 'engine', hint: remedy }, cause)
}
