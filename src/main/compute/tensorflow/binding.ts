import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type { DataType, KernelBackend } from '@tensorflow/tfjs-core'
import { prepareEnvironment } from './environment.ts'

/** The compiled binding, as far as it is used here; the rest is between the package's backend and it. */
export interface Binding {
  /** Version of the libtensorflow that was loaded. */
  readonly TF_Version: string
  isUsingGpuDevice(): boolean
}

/** The methods of the package's backend that are corrected here. */
interface PackageBackend extends KernelBackend {
  write(values: tf.backend_util.BackendValues, shape: number[], dtype: DataType): object
}
type PackageBackendClass = new (binding: Binding, packageName: string) => PackageBackend

const packageName = '@tensorflow/tfjs-node-gpu'
const load = createRequire(import.meta.url)

/** The installed version of the package, or null where it is not installed. */
export function packageVersion(): string | null {
  try {
    return (load(`${packageName}/package.json`) as { version: string }).version
  } catch {
    return null
  }
}

/** The folder of the package, which holds the sources of the binding. */
export function packageFolder(): string {
  return dirname(load.resolve(`${packageName}/package.json`))
}

/**
 * Loads a compiled binding and with it libtensorflow, and registers the package's kernels and a backend
 * named `tensorflow` on the one tfjs core of this process. The package's own entry is not used: it looks for the
 * binding inside the package and makes itself the backend of everything at once.
 *
 * @param file the binding, `tfjs_binding.node`
 * @throws whatever the loader of native modules says
 */
export function registerTensorflow(file: string): Binding {
  prepareEnvironment()
  restoreLegacyUtilities()
  const binding = load(file) as Binding
  const { NodeJSKernelBackend } = load(`${packageName}/dist/nodejs_kernel_backend.js`) as { NodeJSKernelBackend: PackageBackendClass }
  load(`${packageName}/dist/register_all_kernels.js`)
  if (!tf.findBackendFactory('tensorflow')) tf.registerBackend('tensorflow', () => copying(new NodeJSKernelBackend(binding, packageName)), 3)
  return binding
}

/**
 * The package's backend keeps the array a tensor is made from until the tensor is first used, and then shares its memory
 * with TensorFlow. A caller that fills the array anew for the next batch would change tensors made before, which no
 * other engine lets happen; so the array is copied.
 */
function copying(backend: PackageBackend): PackageBackend {
  const write = backend.write.bind(backend)
  backend.write = (values, shape, dtype) => write(values && 'buffer' in values ? values.slice() : values, shape, dtype)
  return backend
}

/** The package asks `util` for two functions that Node 23 removed or warns about. */
function restoreLegacyUtilities(): void {
  const util = load('node:util') as Record<string, unknown>
  util['isNullOrUndefined'] = (value: unknown): boolean => value === null || value === undefined
  util['isArray'] = Array.isArray
}
