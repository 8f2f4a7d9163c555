import { BenchError } from '../../../shared/contract/errors.ts'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { abstain } from '../../../shared/domain/weak-labels.ts'
import type { CompiledFunction, FunctionBatch, FunctionContext, Match } from './compiled-function.ts'
import { requireClass, requireColumns, textOf } from './function-columns.ts'
import { KeywordAutomaton, type KeywordPlace } from './keyword-automaton.ts'

type Keywords = Extract<LabelingFunctionDefinition, { kind: 'keywords' }>

/**
 * Any of the words, or with `all` every one of them, each in any of the columns. White space in a word stands for any run of
 * white space, so that a phrase is found across a line break, and `'` for the typographic apostrophe too. With `wholeWords` a
 * word must not go on before or after; at an end that is no letter or digit (`$$$`) there is nothing to go on.
 */
export function compileKeywords(definition: Keywords, context: FunctionContext): CompiledFunction {
  requireColumns(definition.columns, 'text', context, 'columns')
  requireClass(definition.label, context, 'label')
  const { columns, label } = definition
  const words = [...new Set(definition.words.map((word) => (definition.wholeWords ? word.trim() : word)))]
  if (words.includes('')) throw new BenchError('invalid-input', 'A word of the list is empty.', { field: 'words', hint: 'Remove it.' })
  const automaton = new KeywordAutomaton(words, definition)
  const firstOfAny = (batch: FunctionBatch, index: number): Match | null => firstMatch(automaton, columns, batch, index)
  const hits = definition.all
    ? (batch: FunctionBatch, index: number): boolean => hasAll(automaton, words.length, columns, batch, index)
    : (batch: FunctionBatch, index: number): boolean => firstOfAny(batch, index) !== null
  return {
    apply: (batch) => Promise.resolve(batch.rows.map((_, index) => (hits(batch, index) ? label : abstain))),
    matchIn: (batch, index) => (hits(batch, index) ? firstOfAny(batch, index) : null)
  }
}

function firstMatch(automaton: KeywordAutomaton, columns: readonly string[], batch: FunctionBatch, index: number): Match | null {
  for (const column of columns) {
    let first: KeywordPlace | null = null as KeywordPlace | null
    automaton.scan(textOf(batch, column, index) ?? '', (place) => {
      first = place
      return true
    })
    if (first !== null) return { column, start: first.start, end: first.end }
  }
  return null
}

function hasAll(automaton: KeywordAutomaton, wanted: number, columns: readonly string[], batch: FunctionBatch, index: number): boolean {
  const found = new Set<number>()
  for (const column of columns) {
    automaton.scan(textOf(batch, column, index) ?? '', ({ word }) => found.add(word).size === wanted)
    if (found.size === wanted) return true
  }
  return false
}
