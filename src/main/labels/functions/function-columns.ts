import { BenchError } from '../../../shared/contract/errors.ts'
import type { FunctionBatch, FunctionContext } from './compiled-function.ts'

/**
 * Checks that the data set has these columns, all of one type.
 *
 * @throws BenchError `invalid-input` naming the column and what there is instead
 */
export function requireColumns(names: readonly string[], type: 'text' | 'number', context: FunctionContext, field: string): void {
  for (const name of names) {
    const column = context.columns.find((each) => each.name === name)
    if (column?.type === type) continue
    const message = column === undefined ? `The data set has no column "${name}".` : `Column "${name}" holds ${column.type === 'text' ? 'text' : 'numbers'}, not ${type === 'text' ? 'text' : 'numbers'}.`
    throw new BenchError('invalid-input', message, { field, hint: listColumns(type, context) })
  }
}

/** One sentence that lists the columns of a type. */
export function listColumns(type: 'text' | 'number', context: FunctionContext): string {
  const names = context.columns.filter((column) => column.type === type).map((column) => `"${column.name}"`)
  const kind = type === 'text' ? 'Text' : 'Number'
  return names.length === 0 ? `The data set has no ${kind.toLowerCase()} columns.` : `${kind} columns are ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}.`
}

/**
 * Checks that a class position exists.
 *
 * @throws BenchError `invalid-input`
 */
export function requireClass(label: number, context: FunctionContext, field: string): void {
  if (label < context.classes.length) return
  throw new BenchError('invalid-input', `There is no class ${label}; the data set has ${context.classes.length}.`, { field, hint: 'Choose a class of the data set.' })
}

/** A text cell of a batch; null where it is missing or the column is not text. */
export function textOf(batch: FunctionBatch, column: string, index: number): string | null {
  const value = batch.columns[column]?.[index]
  return typeof value === 'string' ? value : null
}

/** A number cell of a batch; NaN where it is missing or the column is not numeric. */
export function numberOf(batch: FunctionBatch, column: string, index: number): number {
  const value = batch.columns[column]?.[index]
  return typeof value === 'number' ? value : Number.NaN
}
