import type { Operator, Token } from './lexer.ts'
import { QueryProblem, type TextRange } from './vocabulary.ts'
import type { WrittenName } from './resolve-names.ts'

/** Reads the tokens of a query line one after the other. */
export class TokenReader {
  readonly #tokens: readonly Token[]
  readonly #end: number
  #at = 0

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens
    this.#end = end
  }

  /** The token `ahead` places on; undefined behind the last one. */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  /** The next token's place; behind the last one, the end of the line. */
  get place(): TextRange {
    const token = this.peek()
    return token ?? { from: this.#end, to: this.#end }
  }

  /** Takes the next token where it is of this type. */
  take(type: Token['type']): Token | undefined {
    const token = this.peek()
    if (token?.type !== type) return undefined
    this.#at++
    return token
  }

  /** Takes the next token where it is this word without quotes. */
  takeWord(text: string): boolean {
    const token = this.peek()
    if (token?.type !== 'word' || token.text !== text) return false
    this.#at++
    return true
  }

  /** Takes an operator; undefined where none follows. */
  takeOperator(): (TextRange & { readonly operator: Operator }) | undefined {
    const token = this.peek()
    if (token?.type !== 'operator') return undefined
    this.#at++
    return token
  }

  /** Takes a word or a text in quotes; where neither follows, a `QueryProblem` says what was expected. */
  takeName(expected: string): WrittenName {
    const token = this.peek()
    if (token?.type !== 'word' && token?.type !== 'string') throw new QueryProblem(`${expected} is expected here.`, this.place)
    this.#at++
    return { text: token.text, quoted: token.type === 'string', from: token.from, to: token.to }
  }
}
