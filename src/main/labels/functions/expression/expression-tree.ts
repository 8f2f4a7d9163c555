import { expressionError, readTokens, type Token } from './expression-tokens.ts'

export type BinaryOperator = 'and' | 'or' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%'

/** A part of an expression; `at` is the character it begins at. */
export type ExpressionNode =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: number }
  | { readonly kind: 'column'; readonly name: string; readonly at: number }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly ExpressionNode[]; readonly at: number }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-'; readonly operand: ExpressionNode; readonly at: number }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: ExpressionNode; readonly right: ExpressionNode; readonly at: number }

/** Nesting at most, so that a hostile expression cannot exhaust the stack. */
const deepest = 100
/** The same operator under its other spellings. */
const spellings: Readonly<Record<string, BinaryOperator>> = { '==': '=', '<>': '!=' }
/** Binary operators, loosest first; those of one level associate to the left. Comparisons do not chain. */
const levels: readonly (readonly string[])[] = [['or'], ['and'], ['=', '==', '!=', '<>', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%']]
const comparisonLevel = 2
const reserved = new Set(['and', 'or', 'not', 'true', 'false'])

/**
 * Parses an expression: `or`, `and`, `not`, comparisons, `+ - * / %`, calls, parentheses; the words in any case.
 *
 * @throws BenchError `invalid-input` whose field holds the character where it goes wrong
 */
export function parseExpression(source: string): ExpressionNode {
  const tokens = readTokens(source)
  let position = 0
  let depth = 0
  const peek = (): Token => tokens[position] ?? { kind: 'end', at: source.length }
  const next = (): Token => {
    const token = peek()
    position++
    return token
  }
  const takeSymbol = (symbol: string): boolean => {
    const token = peek()
    if (token.kind !== 'symbol' || token.value !== symbol) return false
    position++
    return true
  }
  const expectSymbol = (symbol: string, hint: string): void => {
    if (!takeSymbol(symbol)) throw expressionError(`Here should be ${symbol}, not ${describe(peek())}.`, peek().at, hint)
  }
  /** Guards every recursion: one step deeper while `parse` runs. */
  const deeper = <T>(parse: () => T): T => {
    if (++depth > deepest) throw expressionError(`The expression is nested more than ${deepest} deep.`, peek().at, 'Split it into several functions.')
    const result = parse()
    depth--
    return result
  }

  const parseLevel = (level: number): ExpressionNode => {
    const operators = levels[level]
    if (operators === undefined) return parseUnary()
    // `not` binds looser than a comparison and tighter than `and`.
    if (level === comparisonLevel && wordOf(peek()) === 'not') {
      const { at } = next()
      return { kind: 'unary', operator: 'not', operand: deeper(() => parseLevel(comparisonLevel)), at }
    }
    let left = parseLevel(level + 1)
    for (let found = operatorOf(peek(), operators); found !== null; found = operatorOf(peek(), operators)) {
      const { at } = next()
      left = { kind: 'binary', operator: found, left, right: parseLevel(level + 1), at }
      if (level !== comparisonLevel) continue
      if (operatorOf(peek(), operators) !== null) throw expressionError('Comparisons cannot follow each other.', peek().at, 'Write a < b and b < c.')
    }
    return left
  }
  const parseUnary = (): ExpressionNode => {
    const { at } = peek()
    if (takeSymbol('-')) return { kind: 'unary', operator: '-', operand: deeper(parseUnary), at }
    return parsePrimary(next())
  }
  const parsePrimary = (token: Token): ExpressionNode => {
    if (token.kind === 'number' || token.kind === 'text') return token
    if (token.kind === 'name') return parseName(token)
    if (token.kind === 'symbol' && token.value === '(') {
      const inner = deeper(() => parseLevel(0))
      expectSymbol(')', `Close the parenthesis of character ${token.at + 1}.`)
      return inner
    }
    throw expressionError(`Here should be a value, not ${describe(token)}.`, token.at, 'A value is a number, a text in quotes, a column, or a call such as length(body).')
  }
  const parseName = (token: Extract<Token, { kind: 'name' }>): ExpressionNode => {
    const word = wordOf(token)
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true', at: token.at }
    if (word !== null && reserved.has(word)) throw expressionError(`Here should be a value, not ${word}.`, token.at, 'Put a condition on both sides of it.')
    if (token.quoted || !takeSymbol('(')) return { kind: 'column', name: token.value, at: token.at }
    const parameters: ExpressionNode[] = []
    if (takeSymbol(')')) return { kind: 'call', name: token.value, arguments: parameters, at: token.at }
    do parameters.push(deeper(() => parseLevel(0)))
    while (takeSymbol(','))
    expectSymbol(')', 'Separate what a function is given with commas, and close its parenthesis.')
    return { kind: 'call', name: token.value, arguments: parameters, at: token.at }
  }

  const tree = parseLevel(0)
  const rest = peek()
  if (rest.kind !== 'end') throw expressionError(`The expression should end before ${describe(rest)}.`, rest.at, 'Join conditions with and, or.')
  return tree
}

const wordOf = (token: Token): string | null => (token.kind === 'name' && !token.quoted ? token.value.toLowerCase() : null)

function operatorOf(token: Token, operators: readonly string[]): BinaryOperator | null {
  const written = token.kind === 'symbol' ? token.value : wordOf(token)
  if (written === null || !operators.includes(written)) return null
  return spellings[written] ?? (written as BinaryOperator)
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'the end'
  return token.kind === 'text' ? `the text '${token.value.slice(0, 30)}'` : String(token.value)
}
