import type { NoiseScores } from '../../../shared/domain/noise-check.ts'
import type { RowMask } from './row-mask.ts'

export const scopes = ['flagged', 'below', 'all'] as const
/** Which rows are listed: those the detector flags, those at or below the threshold, or all that have a score. */
export type Scope = (typeof scopes)[number]

/** Rows of one class, or of one cell of a transition matrix; null is any. */
export interface Cell {
  readonly given: number | null
  readonly suggested: number | null
  readonly truth: number | null
}

export interface ListWish {
  readonly scope: Scope
  /** Rows at or below the threshold: so many first ones of the order. */
  readonly below: number
  readonly cell: Cell | null
  /** Rows drawn around on the map. */
  readonly region: RowMask | null
}

/** Rows of the list, in the order they came in: most suspicious first. */
export function suspectList(order: Uint32Array, flagged: Uint8Array, { given, suggested, truth }: Pick<NoiseScores, 'given' | 'suggested' | 'truth'>, { scope, below, cell, region }: ListWish): Uint32Array {
  const from = scope === 'below' ? order.subarray(0, below) : order
  if (scope !== 'flagged' && cell === null && region === null) return from
  return from.filter((row) =>
    (scope !== 'flagged' || flagged[row] === 1) &&
    (region === null || region.mask[row] === 1) &&
    (cell === null || ((cell.given === null || given[row] === cell.given) && (cell.suggested === null || suggested[row] === cell.suggested) && (cell.truth === null || truth?.[row] === cell.truth)))
  )
}
