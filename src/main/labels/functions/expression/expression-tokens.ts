import { BenchError } from '../../../../shared/contract/errors.ts'

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  /** A bare name, or one between backticks (`quoted`), which is never a word of the language. */
  | { readonly kind: 'name'; readonly value: string; readonly at: number; readonly quoted: boolean }
  | { readonly kind: 'symbol'; readonly value: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number }

const shapes = {
  space: /\s+/uy,
  number: /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iuy,
  name: /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy,
  quotedName: /`[^`]+`/uy,
  text: /'(?:\\.|[^\\'])*'|"(?:\\.|[^\\"])*"/suy,
  symbol: /<=|>=|!=|<>|==|[-+*/%()<>=,]/uy
}

/** Words of an expression at most; long chains of operators are deep trees. */
const mostTokens = 2000

/** An error in an expression; `field` names the character it is at, counted from 0: `expression.14`. */
export function expressionError(message: string, at: number, hint: string): BenchError {
  return new BenchError('invalid-input', `${message} (character ${at + 1})`, { field: `expression.${at}`, hint })
}

/**
 * The words of an expression, an `end` last.
 *
 * @throws BenchError `invalid-input` at a character that begins nothing, or a text without its closing quote
 */
export function readTokens(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (shape: RegExp): string | null => {
    shape.lastIndex = at
    return shape.exec(source)?.[0] ?? null
  }
  while (at < source.length) {
    const space = take(shapes.space)
    if (space !== null) {
      at += space.length
      continue
    }
    const [raw, token] = readToken(take, at, source)
    tokens.push(token)
    if (tokens.length > mostTokens) throw expressionError(`An expression has at most ${mostTokens} words.`, at, 'Use a keyword list, or JavaScript.')
    at += raw.length
  }
  return [...tokens, { kind: 'end', at }]
}

function readToken(take: (shape: RegExp) => string | null, at: number, source: string): readonly [string, Token] {
  const number = take(shapes.number)
  if (number !== null) return [number, { kind: 'number', value: Number(number), at }]
  const name = take(shapes.name)
  if (name !== null) return [name, { kind: 'name', value: name, at, quoted: false }]
  const quoted = take(shapes.quotedName)
  if (quoted !== null) return [quoted, { kind: 'name', value: quoted.slice(1, -1), at, quoted: true }]
  const text = take(shapes.text)
  if (text !== null) return [text, { kind: 'text', value: unescape(text.slice(1, -1)), at }]
  const symbol = take(shapes.symbol)
  if (symbol !== null) return [symbol, { kind: 'symbol', value: symbol, at }]
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
  if (/['"`]/u.test(character)) throw expressionError(`The text that begins with ${character} never ends.`, at, `Close it with ${character}.`)
  throw expressionError(`An expression cannot contain ${character} here.`, at, 'Text stands between quotes, a column with an unusual name between backticks.')
}

// An unknown escape stays as it is, so that '\d' in a regular expression needs no second backslash.
const unescape = (text: string): string => text.replace(/\\(["'\\nt])/gu, (_, character: string) => ({ n: '\n', t: '\t' })[character] ?? character)
