import type { FunctionSummary } from '../../../shared/domain/weak-labels.ts'

/** Columns of the labeling-function table that it can be sorted by; `order` is the order of the list. */
export const functionColumns = ['order', 'name', 'coverage', 'overlaps', 'conflicts', 'correct', 'incorrect', 'empiricalAccuracy'] as const
export type FunctionColumn = (typeof functionColumns)[number]
export interface FunctionSort {
  readonly by: FunctionColumn
  readonly descending: boolean
}

/** Places of the functions in sorted order; what is not known comes last either way. */
export function sortFunctions(functions: readonly FunctionSummary[], { by, descending }: FunctionSort): readonly number[] {
  const places = functions.map((_, index) => index)
  if (by === 'order') return descending ? places.reverse() : places
  const sign = descending ? -1 : 1
  return places.sort((a, b) => {
    const [first, second] = [functions[a]?.[by] ?? null, functions[b]?.[by] ?? null]
    if (first === null || second === null) return first === second ? a - b : first === null ? 1 : -1
    const order = typeof first === 'string' || typeof second === 'string' ? String(first).localeCompare(String(second)) : first - second
    return sign * order || a - b
  })
}

/** The sort after a click on a column: descending first for numbers, then the other way, then the order of the list. */
export function nextSort(sort: FunctionSort, by: FunctionColumn): FunctionSort {
  const first = by !== 'name'
  if (sort.by !== by) return { by, descending: first }
  return sort.descending === first ? { by, descending: !first } : { by: 'order', descending: false }
}
