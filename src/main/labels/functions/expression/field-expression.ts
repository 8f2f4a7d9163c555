import type { LabelingFunctionDefinition } from '../../../../shared/domain/labeling-function.ts'
import { abstain } from '../../../../shared/domain/weak-labels.ts'
import type { CompiledFunction, FunctionContext } from '../compiled-function.ts'
import { requireClass } from '../function-columns.ts'
import { LimitedRows, limitsOf, rangeOfCheapRows, withinTime } from '../time-limit.ts'
import { expressionError } from './expression-tokens.ts'
import { parseExpression } from './expression-tree.ts'
import { typeExpression } from './typed-expression.ts'

type FieldExpression = Extract<LabelingFunctionDefinition, { kind: 'expression' }>

/**
 * A condition over the columns, such as `length(body) < 40 and price > 10`: rows where it is true get the label, rows where
 * it is false or missing abstain. It is parsed and checked before any row is seen and never becomes code.
 */
export function compileFieldExpression(definition: FieldExpression, context: FunctionContext): CompiledFunction {
  requireClass(definition.label, context, 'label')
  const tree = parseExpression(definition.expression)
  const condition = typeExpression(tree, context)
  if (condition.type !== 'boolean') throw expressionError(`The expression is a ${condition.type}, not a condition.`, tree.at, 'Compare it with something, for example length(body) < 40.')
  const { evaluate } = condition
  const limited = new LimitedRows(limitsOf(context))
  return {
    async apply(batch) {
      const votes = new Int32Array(batch.rows.length).fill(abstain)
      const run = (from: number, to: number): void => {
        for (let index = from; index < to; index++) if (evaluate(batch, index) === true) votes[index] = definition.label
      }
      // `matches` may backtrack without end.
      await limited.over(batch.rows, (from) => from + rangeOfCheapRows, (from, to, milliseconds) => withinTime(milliseconds, () => run(from, to)))
      return votes
    },
    matchIn: () => null
  }
}
