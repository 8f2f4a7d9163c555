/**
 * Settings that TensorFlow and NVIDIA's libraries read from the environment once, when they are loaded.
 * - Its log goes straight to the terminal or into a worker's pipe: only fatal errors remain.
 * - Same seed, same bits: operations with a deterministic variant use it (GPUs add up in any order otherwise).
 * - float32 means float32: without this, Ampere and later round factors to 10 bits (TF32).
 * - Memory of a GPU is taken as needed, so that several workers share one.
 */
const settings: Readonly<Record<string, string>> = {
  TF_CPP_MIN_LOG_LEVEL: '3',
  TF_DETERMINISTIC_OPS: '1',
  NVIDIA_TF32_OVERRIDE: '0',
  TF_FORCE_GPU_ALLOW_GROWTH: 'true'
}

/** Makes the settings of this process TensorFlow's, except those the person has made already. Call it before loading the library. */
export function prepareEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  for (const [name, value] of Object.entries(settings)) env[name] ??= value
}
