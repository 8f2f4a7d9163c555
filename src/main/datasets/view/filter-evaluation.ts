import { type Comparison, type Condition, type Filter, isGroup } from '../../../shared/domain/filter.ts'
import { splits } from '../../../shared/domain/dataset.ts'
import { isMissing, type TextColumn } from '../../store/text-chunk.ts'
import { maskOfContaining } from './text-contains.ts'
import type { ViewData } from './view-data.ts'

/**
 * Which rows a filter matches: 1 or 0 a row. Parts that are off do not count; a group without parts that count matches everything,
 * and negated nothing.
 *
 * @throws BenchError `invalid-input` for a column or source that the data does not have
 */
export function evaluateFilter(filter: Filter, data: ViewData): Uint8Array {
  const mask = filter.off === true ? all(data.count) : isGroup(filter) ? evaluateGroup(filter.kind, filter.parts, data) : evaluateCondition(filter, data)
  if (filter.negated === true && filter.off !== true) for (let row = 0; row < mask.length; row++) mask[row] = 1 - (mask[row] ?? 0)
  return mask
}

const all = (count: number): Uint8Array => new Uint8Array(count).fill(1)

function evaluateGroup(kind: 'and' | 'or', parts: readonly Filter[], data: ViewData): Uint8Array {
  const counted = parts.filter((part) => part.off !== true)
  const [first, ...rest] = counted
  if (first === undefined) return all(data.count)
  const mask = evaluateFilter(first, data)
  for (const part of rest) {
    const own = evaluateFilter(part, data)
    if (kind === 'and') for (let row = 0; row < mask.length; row++) mask[row] = (mask[row] ?? 0) & (own[row] ?? 0)
    else for (let row = 0; row < mask.length; row++) mask[row] = (mask[row] ?? 0) | (own[row] ?? 0)
  }
  return mask
}

function evaluateCondition(condition: Condition, data: ViewData): Uint8Array {
  switch (condition.kind) {
    case 'label':
      return maskOfLabels(data.labels(condition.source), condition.is)
    case 'agreement': {
      const [first, second] = [data.labels(condition.first), data.labels(condition.second)]
      return maskOf(data.count, (row) => (first[row] ?? -1) >= 0 && (second[row] ?? -1) >= 0 && (first[row] !== second[row]) === condition.differ)
    }
    case 'number':
      return maskOfNumbers(data.numbers(condition.column), condition.comparison, condition.value)
    case 'confidence':
      return maskOfNumbers(data.confidences(condition.source), condition.comparison, condition.value)
    case 'value':
      return maskOfTexts(data.texts(condition.column), condition.comparison, condition.value)
    case 'missing':
      return maskOf(data.count, data.missing(condition.column))
    case 'split': {
      const pinned = data.pinned()
      const wanted = condition.split === 'unpinned' ? -1 : splits.indexOf(condition.split)
      return maskOf(data.count, (row) => (pinned[row] ?? -1) === wanted)
    }
    case 'search': {
      const mask = new Uint8Array(data.count)
      for (const row of data.search(condition.query)) mask[row] = 1
      return mask
    }
    case 'rows':
      return maskOf(data.count, (row) => row >= condition.from && row <= condition.to)
  }
}

function maskOf(count: number, matches: (row: number) => boolean): Uint8Array {
  const mask = new Uint8Array(count)
  for (let row = 0; row < count; row++) if (matches(row)) mask[row] = 1
  return mask
}

function maskOfLabels(labels: Int32Array, is: readonly number[] | 'none' | 'any'): Uint8Array {
  if (is === 'none') return maskOf(labels.length, (row) => (labels[row] ?? -1) < 0)
  if (is === 'any') return maskOf(labels.length, (row) => (labels[row] ?? -1) >= 0)
  const wanted = new Set(is)
  const [only] = is
  if (is.length === 1) return maskOf(labels.length, (row) => labels[row] === only)
  return maskOf(labels.length, (row) => wanted.has(labels[row] ?? -1))
}

/** A missing number satisfies no comparison, `!=` neither: nothing is known of it. */
function maskOfNumbers(values: Float64Array | Float32Array, comparison: Comparison, value: number): Uint8Array {
  const count = values.length
  // Float32 confidences are compared with the nearest float32, so that 0.8 equals 0.8.
  const wanted = values instanceof Float32Array ? Math.fround(value) : value
  switch (comparison) {
    case '=':
      return maskOf(count, (row) => values[row] === wanted)
    case '!=':
      return maskOf(count, (row) => values[row] !== wanted && !Number.isNaN(values[row]))
    case '<':
      return maskOf(count, (row) => (values[row] ?? Number.NaN) < wanted)
    case '<=':
      return maskOf(count, (row) => (values[row] ?? Number.NaN) <= wanted)
    case '>':
      return maskOf(count, (row) => (values[row] ?? Number.NaN) > wanted)
    case '>=':
      return maskOf(count, (row) => (values[row] ?? Number.NaN) >= wanted)
  }
}

const encoder = new TextEncoder()

/** Equal means byte for byte; `contains` does not regard case. A missing text satisfies nothing. */
function maskOfTexts(column: TextColumn, comparison: '=' | '!=' | 'contains', value: string): Uint8Array {
  if (comparison === 'contains') return maskOfContaining(column, value)
  const wanted = encoder.encode(value)
  return maskOf(column.count, (row) => !isMissing(column, row) && sameBytes(column, row, wanted) === (comparison === '='))
}

function sameBytes({ bytes, offsets }: TextColumn, row: number, wanted: Uint8Array): boolean {
  const start = offsets[row] ?? 0
  if ((offsets[row + 1] ?? 0) - start !== wanted.length) return false
  for (let at = 0; at < wanted.length; at++) if (bytes[start + at] !== wanted[at]) return false
  return true
}
