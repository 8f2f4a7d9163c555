import { compileExpression } from '../pattern.ts'
import { expressionError } from './expression-tokens.ts'
import { both, type Evaluate, one, type Typed, type ValueType } from './typed-value.ts'

/** A function that expressions may call. */
interface ExpressionFunction {
  /** How it is called, for error messages. */
  readonly usage: string
  /** Types of what it is given; `optional` ones come last, `rest` may be repeated. */
  readonly parameters: readonly (ValueType | 'any')[]
  readonly optional?: readonly ValueType[]
  readonly rest?: ValueType
  /** Positions that must be written out, not computed. */
  readonly constants?: readonly number[]
  /** `at` holds the character that each given value begins at, for errors. */
  build(given: readonly Typed[], at: readonly number[]): Typed
}

/** Non-overlapping places of a part in a text, without regard to case; none of an empty part. */
function countOf(text: string, part: string): number {
  if (part === '') return 0
  return text.toLowerCase().split(part.toLowerCase()).length - 1
}

const number = (evaluate: Evaluate<number>): Typed => ({ type: 'number', evaluate })
const boolean = (evaluate: Evaluate<boolean>): Typed => ({ type: 'boolean', evaluate })
const isMissing = (value: Typed): Evaluate<boolean> => (batch, index) => value.evaluate(batch, index) === null

// Types are checked against `parameters` before `build` is called; these say so to the compiler.
const numeric = (value: Typed | undefined): Evaluate<number> => (value?.type === 'number' ? value.evaluate : () => null)
const textual = (value: Typed | undefined): Evaluate<string> => (value?.type === 'text' ? value.evaluate : () => null)
const written = (value: Typed | undefined): string | undefined => (value?.type === 'text' ? value.constant : undefined)
const extreme = (choose: (a: number, b: number) => number) => (given: readonly Typed[]) =>
  number(given.map(numeric).reduce((left, right) => both(left, right, choose)))

/** Every function of the expression language. A missing value makes the result missing, `missing()` apart. */
export const expressionFunctions: Readonly<Record<string, ExpressionFunction>> = {
  length: { usage: 'length(text)', parameters: ['text'], build: ([text]) => number(one(textual(text), (value) => value.length)) },
  lower: { usage: 'lower(text)', parameters: ['text'], build: ([text]) => ({ type: 'text', evaluate: one(textual(text), (value) => value.toLowerCase()) }) },
  contains: {
    usage: "contains(text, 'part')",
    parameters: ['text', 'text'],
    build: ([text, part]) => boolean(both(textual(text), textual(part), (whole, piece) => whole.toLowerCase().includes(piece.toLowerCase())))
  },
  count: { usage: "count(text, 'part')", parameters: ['text', 'text'], build: ([text, part]) => number(both(textual(text), textual(part), countOf)) },
  matches: {
    usage: "matches(text, 'regular expression', 'flags')",
    parameters: ['text', 'text'],
    optional: ['text'],
    constants: [1, 2],
    build: ([text, pattern, flags], at) => {
      const chosen = written(flags) ?? 'i'
      // Flags g and y would make a match depend on the rows before.
      if (!/^[imsu]*$/u.test(chosen)) throw expressionError(`There are no flags '${chosen}' for regular expressions here.`, at[2] ?? 0, 'Flags are i, m, s and u.')
      const expression = compileExpression(written(pattern) ?? '', chosen, `expression.${at[1] ?? 0}`)
      return boolean(one(textual(text), (value) => expression.test(value)))
    }
  },
  missing: { usage: 'missing(column)', parameters: ['any'], build: ([value]) => boolean(value === undefined ? () => null : isMissing(value)) },
  abs: { usage: 'abs(number)', parameters: ['number'], build: ([value]) => number(one(numeric(value), Math.abs)) },
  min: { usage: 'min(number, number, …)', parameters: ['number', 'number'], rest: 'number', build: extreme((a, b) => Math.min(a, b)) },
  max: { usage: 'max(number, number, …)', parameters: ['number', 'number'], rest: 'number', build: extreme((a, b) => Math.max(a, b)) }
}
