import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import type { CompiledFunction, FunctionContext } from './compiled-function.ts'
import { compileFieldExpression } from './expression/field-expression.ts'
import { compileInterval } from './interval.ts'
import { compileJavascript } from './javascript.ts'
import { compileKeywords } from './keywords.ts'
import { compileNearestPrototype } from './nearest-prototype.ts'
import { compilePattern } from './pattern.ts'
import { compileRun } from './run-predictions.ts'

/**
 * Makes a labeling function ready to vote on rows of one data set.
 *
 * @throws BenchError `invalid-input` with the field of the definition that is wrong: a column or class that the data set
 * lacks, a regular expression, expression or JavaScript that does not parse; `not-found` or `conflict` for a run's predictions
 */
export async function compileFunction(definition: LabelingFunctionDefinition, context: FunctionContext): Promise<CompiledFunction> {
  switch (definition.kind) {
    case 'keywords':
      return compileKeywords(definition, context)
    case 'pattern':
      return compilePattern(definition, context)
    case 'interval':
      return compileInterval(definition, context)
    case 'expression':
      return compileFieldExpression(definition, context)
    case 'javascript':
      return await compileJavascript(definition, context)
    case 'nearest-prototype':
      return compileNearestPrototype(definition, context)
    case 'run':
      return await compileRun(definition, context)
  }
}
