import { QueryProblem, type TextRange } from './vocabulary.ts'

export type Operator = ':' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '~'

/** A word, a text in quotes, an operator or a mark, with its place in the line. */
export type Token = TextRange &
  (
    | { readonly type: 'word' | 'string'; readonly text: string }
    | { readonly type: 'operator'; readonly operator: Operator }
    | { readonly type: 'comma' | 'open' | 'close' | 'minus' | 'hash' }
  )

const marks: Readonly<Record<string, 'comma' | 'open' | 'close'>> = { ',': 'comma', '(': 'open', ')': 'close' }
const unescaped: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** `!` is an operator's beginning only before `=`; elsewhere it belongs to the word. */
const word = /(?:[^\s"():=<>~,!]|!(?!=))+/y
const operator = /!=|<=|>=|[:=<>~]/y

/**
 * Cuts a query line into tokens. `-` and `#` are marks only where a term begins; inside words and in values they are plain
 * characters. With `open`, a quote that is never closed reaches to the end of the line; else it is a `QueryProblem`.
 */
export function tokensOf(text: string, open = false): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const character = text[at] ?? ''
    if (/\s/.test(character)) {
      at++
      continue
    }
    const token = tokenAt(text, at, tokens.at(-1), open)
    tokens.push(token)
    at = token.to
  }
  return tokens
}

function tokenAt(text: string, from: number, before: Token | undefined, open: boolean): Token {
  const character = text[from] ?? ''
  const mark = marks[character]
  if (mark !== undefined) return { type: mark, from, to: from + 1 }
  if (character === '"') return stringAt(text, from, open)
  const inValue = before?.type === 'operator' || before?.type === 'comma'
  if (!inValue && (character === '-' || character === '#')) return { type: character === '-' ? 'minus' : 'hash', from, to: from + 1 }
  const found = matchAt(operator, text, from)
  if (found !== null) return { type: 'operator', operator: found as Operator, from, to: from + found.length }
  const plain = matchAt(word, text, from) ?? character
  return { type: 'word', text: plain, from, to: from + plain.length }
}

function matchAt(pattern: RegExp, text: string, from: number): string | null {
  pattern.lastIndex = from
  return pattern.exec(text)?.[0] ?? null
}

function stringAt(text: string, from: number, open: boolean): Token {
  let value = ''
  let at = from + 1
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\' && at + 1 < text.length) {
      at++
      value += unescaped[text[at] ?? ''] ?? text[at] ?? ''
    } else value += text[at] ?? ''
    at++
  }
  if (at >= text.length && !open) throw new QueryProblem('The quote that begins here is never closed.', { from, to: text.length })
  return { type: 'string', text: value, from, to: Math.min(at + 1, text.length) }
}
