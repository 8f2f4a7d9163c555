import { numberOfValue, textOfValue, Unfit } from './parquet-values.ts'
import { elementsPerRow, excerptOf } from './row-batches.ts'
import type { ColumnValues, RejectedRow, SourceColumn } from './source-file.ts'

export interface ValueContext {
  /** Number of the first row, from 1. */
  readonly firstRow: number
  /** Moments without a time zone: the Z at their end is left out. */
  readonly local: boolean
}

/** Turns the values that a library decoded into a column's; those that do not fit reject their row. */
export function columnOfValues(column: SourceColumn, values: readonly unknown[], { firstRow, local }: ValueContext): { values: ColumnValues, rejected: readonly RejectedRow[] } {
  const rejected: RejectedRow[] = []
  const fit = <Value>(value: Value | Unfit, index: number, instead: Value): Value => {
    if (!(value instanceof Unfit)) return value
    rejected.push({ row: firstRow + index, line: null, column: column.name, reason: value.reason, excerpt: value.excerpt })
    return instead
  }
  if (column.type === 'number') {
    return { values: { type: 'number', values: Float64Array.from(values, (value, index) => fit(numberOfValue(value), index, NaN)) }, rejected }
  }
  if (column.type === 'text') {
    const texts = values.map((value, index) => {
      const text = fit(textOfValue(value), index, null)
      return local && text?.endsWith('Z') === true ? text.slice(0, -1) : text
    })
    return { values: { type: 'text', values: texts }, rejected }
  }
  const elements = elementsPerRow(column)
  const arrays = column.dtype === 'uint8' ? new Uint8Array(values.length * elements) : new Float32Array(values.length * elements)
  values.forEach((value, index) => fit(fillRow(value, arrays, index * elements, elements), index, undefined))
  return { values: { type: 'array', values: arrays }, rejected }
}

/** Writes one row's numbers, of nested lists from the outside in; what is not exactly `elements` numbers of the target's type is `Unfit`. */
function fillRow(value: unknown, target: Uint8Array | Float32Array, start: number, elements: number): Unfit | undefined {
  let at = 0
  let unfit: Unfit | undefined
  const put = (each: unknown): void => {
    if (Array.isArray(each) || (ArrayBuffer.isView(each) && !(each instanceof DataView))) {
      for (const inner of each as Iterable<unknown>) put(inner)
    } else {
      const number = typeof each === 'bigint' ? Number(each) : each
      const isNumber = typeof number === 'number' && (target instanceof Float32Array || (Number.isInteger(number) && number >= 0 && number <= 255))
      if (!isNumber) unfit ??= new Unfit(`${excerptOf(textOfValue(each))} is no value of ${target instanceof Float32Array ? 'an array of numbers' : 'a byte'}.`, excerptOf(textOfValue(value)))
      else if (at < elements) target[start + at] = number
      at++
    }
  }
  put(value)
  return unfit ?? (at === elements ? undefined : new Unfit(`The list has ${at} numbers, not ${elements}.`, excerptOf(textOfValue(value))))
}
