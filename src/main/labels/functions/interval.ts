import { BenchError } from '../../../shared/contract/errors.ts'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { abstain } from '../../../shared/domain/weak-labels.ts'
import type { CompiledFunction, FunctionContext } from './compiled-function.ts'
import { numberOf, requireClass, requireColumns } from './function-columns.ts'

type Interval = Extract<LabelingFunctionDefinition, { kind: 'interval' }>

/** A number column within [from, to], both included; an open side is unlimited. Missing values abstain. */
export function compileInterval(definition: Interval, context: FunctionContext): CompiledFunction {
  const { column, label } = definition
  requireColumns([column], 'number', context, 'column')
  requireClass(label, context, 'label')
  const from = definition.from ?? -Infinity
  const to = definition.to ?? Infinity
  if (from > to) throw new BenchError('invalid-input', `The interval from ${from} to ${to} is empty.`, { field: 'from', hint: 'Swap its ends.' })
  const inside = (value: number): boolean => value >= from && value <= to
  return {
    apply: (batch) => Promise.resolve(batch.rows.map((_, index) => (inside(numberOf(batch, column, index)) ? label : abstain))),
    matchIn: () => null
  }
}
