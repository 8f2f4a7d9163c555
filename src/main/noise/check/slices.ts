import type { DataIssues } from '../../../shared/domain/noise-check.ts'
import { splits } from '../../../shared/domain/dataset.ts'
import type { DuplicateReport } from '../../../shared/domain/data-view.ts'
import type { TrainingData } from '../../runs/training/training-data.ts'
import type { Bench } from '../../store/bench.ts'
import { leakageOf } from '../data-issues/leakage.ts'
import { type Slice, weakSlices } from '../data-issues/weak-slices.ts'

/** Values a text column may have to be cut into slices, and rows beyond which columns are not read for it. */
const mostValues = 50
const mostRows = 2_000_000
/** Weak slices that are told. */
const mostSlices = 20

/** Groups of the checked rows whose labels are worse than the rest's: by given class, split, and value of text columns with few values. */
export function weakSlicesOf(bench: Bench, data: TrainingData, rows: Int32Array, labels: Int32Array, scores: Float64Array): DataIssues['weakSlices'] {
  const names = new Map(data.dataset.classes.map(({ position, name }) => [position, name]))
  const slices = [
    ...slicesBy(labels, (label) => `class ${names.get(label) ?? label}`),
    ...slicesBy(rows.map((row) => data.facts.pinned[row] ?? -1), (split) => (split < 0 ? null : `split ${splits[split] ?? split}`)),
    ...(rows.length > mostRows ? [] : columnSlices(bench, data, rows))
  ]
  return weakSlices(scores, slices)
    .filter(({ weak }) => weak)
    .slice(0, mostSlices)
    .map(({ name, size, mean, rest, interval, p }) => ({ name, size, quality: mean, rest, lower: interval[0], upper: interval[1], p: p ?? 1 }))
}

function slicesBy(values: Int32Array, nameOf: (value: number) => string | null): Slice[] {
  const places = new Map<number, number[]>()
  values.forEach((value, place) => {
    const own = places.get(value)
    if (own === undefined) places.set(value, [place])
    else own.push(place)
  })
  return [...places].sort(([a], [b]) => a - b).flatMap(([value, of]) => {
    const name = nameOf(value)
    return name === null ? [] : [{ name, rows: of }]
  })
}

function columnSlices(bench: Bench, data: TrainingData, rows: Int32Array): Slice[] {
  return bench.columns.list(data.dataset.id).flatMap((column) => {
    const { statistics } = column
    if (statistics.type !== 'text' || statistics.distinct === null || statistics.distinct < 2 || statistics.distinct > mostValues) return []
    const slice = bench.columns.slice(data.dataset.id, column, rows)
    if (slice.type !== 'text') return []
    const codes = new Map<string, number>()
    const values = Int32Array.from(slice.values, (value) => {
      if (value === null) return -1
      const code = codes.get(value) ?? codes.size
      codes.set(value, code)
      return code
    })
    const names = [...codes.keys()]
    return slicesBy(values, (code) => (code < 0 ? null : `${column.name} = ${names[code] ?? ''}`))
  })
}

/** Groups of duplicates with members in several splits; null where duplicates were not looked for. */
export function leakCount(bench: Bench, { dataset, facts }: TrainingData): number | null {
  const reports = bench.importReports.report(dataset.id, 'duplicates') as readonly DuplicateReport[] | undefined
  if (reports === undefined) return null
  return leakageOf(reports.flatMap(({ groups }) => groups), (row) => (facts.pinned[row] ?? -1) <= 0 ? null : (facts.pinned[row] ?? null)).leaks.length
}
