import { type Dataset, splits } from '../../shared/domain/dataset.ts'
import { stream } from '../learn/random.ts'
import type { Bench } from '../store/bench.ts'

/**
 * What is known of each row for judging a rule: the labels of the truth source on the dev part, -1 elsewhere. The dev part is
 * what is pinned to the teacher split; where nothing is, every tenth labelled row, so that a rule is not tuned on all there is.
 */
export function devTruth(bench: Bench, dataset: Dataset, truthSourceId: string | null): Int32Array {
  if (truthSourceId === null) return new Int32Array(dataset.count).fill(-1)
  const labels = bench.labels.inForce(truthSourceId)
  const pinned = bench.splits.pinned(dataset.id, dataset.count)
  const teacher = splits.indexOf('teacher')
  const hasTeacher = pinned.includes(teacher)
  const random = stream(0, 'dev-rows')
  return labels.map((label, row) => {
    const drawn = random.bernoulli(0.1)
    return (hasTeacher ? pinned[row] === teacher : drawn) ? label : -1
  })
}

/** At most `limit` rows: those with a known truth first, up to half of them, then a seeded sample of the rest; ascending within each. */
export function previewRows(count: number, truth: Int32Array, limit: number): Int32Array {
  if (count <= limit) return Int32Array.from({ length: count }, (_, row) => row).sort((a, b) => known(truth, b) - known(truth, a) || a - b)
  const order = stream(0, 'preview-rows').permutation(count)
  const labelled = order.filter((row) => known(truth, row) === 1).slice(0, Math.floor(limit / 2))
  const others = order.filter((row) => known(truth, row) === 0).slice(0, limit - labelled.length)
  return Int32Array.from([...labelled.sort(), ...others.sort()])
}

const known = (truth: Int32Array, row: number): number => ((truth[row] ?? -1) >= 0 ? 1 : 0)
