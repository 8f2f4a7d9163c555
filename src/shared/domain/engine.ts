export const engineIds = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const
export type EngineId = (typeof engineIds)[number]

/** One engine on this machine, as Settings and `weakbench engines` list it. */
export interface EngineInfo {
  readonly id: EngineId
  readonly name: string
  readonly available: boolean
  /** Selected when nothing else is asked for. */
  readonly isDefault: boolean
  /** What it computes on: `CPU, SIMD, 1 thread`. */
  readonly device: string
  readonly version: string
  /** Why it is not available, one sentence, or null. */
  readonly reason: string | null
  /** What to do about that, one sentence, or null. */
  readonly remedy: string | null
}
