import type { WeakToStrongConfig } from '../../../shared/domain/weak-to-strong.ts'

/** What one seed of the weak-to-strong experiment works on. */
export interface WeakToStrongInput {
  readonly seed: number
  readonly config: WeakToStrongConfig
  readonly datasetId: string
  readonly labelSourceId: string
  /** count x side x side bytes. */
  readonly images: Uint8Array
  readonly side: number
  /** The digit shown by each image, -1 where unknown. */
  readonly digits: Int32Array
  /** Split pinned by a person, index into `splits`, or -1. */
  readonly pinned: Int8Array
}
