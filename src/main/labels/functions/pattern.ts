import { BenchError } from '../../../shared/contract/errors.ts'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { abstain } from '../../../shared/domain/weak-labels.ts'
import type { CompiledFunction, FunctionBatch, FunctionContext, Match } from './compiled-function.ts'
import { requireClass, requireColumns, textOf } from './function-columns.ts'
import { LimitedRows, limitsOf, rangeOfCheapRows, TooHeavy, withinTime } from './time-limit.ts'

type Pattern = Extract<LabelingFunctionDefinition, { kind: 'pattern' }>

/** A regular expression that hits where it matches somewhere in one of the columns; stopped where it backtracks without end. */
export function compilePattern(definition: Pattern, context: FunctionContext): CompiledFunction {
  const { columns, label } = definition
  requireColumns(columns, 'text', context, 'columns')
  requireClass(label, context, 'label')
  const expression = compileExpression(definition.pattern, definition.flags, 'pattern')
  const limited = new LimitedRows(limitsOf(context))
  const { rowMilliseconds } = limited.limits
  return {
    async apply(batch) {
      const votes = new Int32Array(batch.rows.length).fill(abstain)
      const run = (from: number, to: number): void => {
        for (let index = from; index < to; index++) {
          for (const column of columns) {
            const text = textOf(batch, column, index)
            if (text !== null && expression.test(text)) votes[index] = label
          }
        }
      }
      await limited.over(batch.rows, (from) => from + rangeOfCheapRows, (from, to, milliseconds) => withinTime(milliseconds, () => run(from, to)))
      return votes
    },
    matchIn(batch, index) {
      try {
        return withinTime(rowMilliseconds, () => firstMatch(batch, index, columns, expression))
      } catch (error) {
        if (error instanceof TooHeavy) return null
        throw error
      }
    }
  }
}

/**
 * A regular expression of JavaScript's syntax.
 *
 * @throws BenchError `invalid-input` with the engine's reason
 */
export function compileExpression(pattern: string, flags: string, field: string): RegExp {
  try {
    return new RegExp(pattern, flags)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new BenchError('invalid-input', reason.endsWith('.') ? reason : `${reason}.`, { field, hint: 'Write it as in JavaScript, without the slashes around it.' })
  }
}

function firstMatch(batch: FunctionBatch, index: number, columns: readonly string[], expression: RegExp): Match | null {
  for (const column of columns) {
    const text = textOf(batch, column, index)
    const match = text === null ? null : expression.exec(text)
    if (match !== null) return { column, start: match.index, end: match.index + match[0].length }
  }
  return null
}
