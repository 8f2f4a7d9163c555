import type { FunctionBatch, FunctionContext, Match } from './compiled-function.ts'
import { numberOf, textOf } from './function-columns.ts'

/** Characters of an excerpt at most, and those before its match. */
const longest = 400
const before = 120
/** Number columns that stand for a row without text. */
const mostNumbers = 8

/**
 * What a person reads of a row: the part of the matched column around the match, else the beginning of the first text column
 * that is not empty, else the numbers.
 *
 * @returns the text, and the match within it as [start, end)
 */
export function excerptOf(batch: FunctionBatch, index: number, match: Match | null, context: FunctionContext): { readonly text: string; readonly match: readonly [number, number] | null } {
  if (match !== null) return around(textOf(batch, match.column, index) ?? '', match)
  for (const { name, type } of context.columns) {
    const text = type === 'text' ? textOf(batch, name, index) : null
    if (text !== null && text !== '') return { text: cut(text, 0, longest), match: null }
  }
  const numbers = context.columns.filter(({ name, type }) => type === 'number' && !Number.isNaN(numberOf(batch, name, index)))
  return { text: numbers.slice(0, mostNumbers).map(({ name }) => `${name} ${Number(numberOf(batch, name, index).toPrecision(6))}`).join(' · '), match: null }
}

function around(text: string, { start, end }: Match): { readonly text: string; readonly match: readonly [number, number] } {
  const from = start <= before ? 0 : start - before
  const shownEnd = Math.min(end, from + longest)
  const lead = from === 0 ? 0 : 1
  return { text: cut(text, from, Math.max(from + longest, shownEnd)), match: [start - from + lead, shownEnd - from + lead] }
}

/** Part of a text, with an ellipsis where something is left out. */
const cut = (text: string, from: number, to: number): string => `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`
