import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import type { Run } from '../../../shared/domain/run.ts'
import { compareArms } from '../../palette.ts'

export const runColumns = ['name', 'arm', 'seed', 'status', 'testAccuracy', 'seconds', 'engine', 'tags'] as const
export type RunColumn = (typeof runColumns)[number]
export interface RunSort {
  readonly column: RunColumn
  readonly descending: boolean
}

const collator = new Intl.Collator('en', { numeric: true })

export const isRunSort = (value: unknown): value is RunSort =>
  typeof value === 'object' && value !== null && 'column' in value && 'descending' in value && runColumns.some((column) => column === value.column)

/** Compares two runs by a column; runs without the value come last whatever the direction. */
export function compareRuns(a: Run, b: Run, sort: RunSort): number {
  const sign = sort.descending ? -1 : 1
  if (sort.column === 'testAccuracy' || sort.column === 'seconds') {
    const [first, second] = [a.summary[sort.column], b.summary[sort.column]]
    if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined)
    return sign * (first - second)
  }
  if (sort.column === 'seed') return sign * (a.seed - b.seed) || compareArms(a.arm, b.arm)
  if (sort.column === 'arm') return sign * compareArms(a.arm, b.arm) || a.seed - b.seed
  return sign * collator.compare(text(a, sort.column), text(b, sort.column)) || a.createdAt - b.createdAt
}

const text = (run: Run, column: 'name' | 'status' | 'engine' | 'tags'): string => (column === 'tags' ? run.tags.join(', ') : run[column])

/**
 * Runs in a stable order: sorted when the sort or the list's owner changes, while live updates only append new runs
 * and drop deleted ones, so that nothing moves under the cursor.
 */
export function useRunOrder(runs: () => readonly Run[], owner: () => string, sort: Ref<RunSort>): ComputedRef<readonly Run[]> {
  const order = shallowRef<readonly string[]>([])
  const lastOwner = ref('')
  const resort = (): void => {
    order.value = [...runs()].sort((a, b) => compareRuns(a, b, sort.value)).map((run) => run.id)
    lastOwner.value = owner()
  }
  watch([sort, owner], resort, { immediate: true, flush: 'sync' })
  watch(runs, (list) => {
    if (lastOwner.value !== owner() || order.value.length === 0) return resort()
    const known = new Set(order.value)
    const fresh = list.filter((run) => !known.has(run.id)).map((run) => run.id)
    if (fresh.length > 0) order.value = [...order.value, ...fresh]
  }, { flush: 'sync' })
  return computed(() => {
    const byId = new Map(runs().map((run) => [run.id, run]))
    return order.value.flatMap((id) => byId.get(id) ?? [])
  })
}
