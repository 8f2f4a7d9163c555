import { describe, expect, it } from 'vitest'
import { markedPieces } from './marked-text.ts'

const shown = (text: string, ...words: string[]): string => markedPieces(text, words).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join('')

describe('searched words in a text', () => {
  it('are marked wherever they stand, whatever their case', () => {
    expect(shown('Free money, FREE lunch', 'free', 'lunch')).toBe('[Free] money, [FREE] [lunch]')
  })
  it('that overlap are one piece', () => {
    expect(shown('abcdef', 'abc', 'cde')).toBe('[abcde]f')
    expect(shown('aaaa', 'aa', 'a')).toBe('[aa][aa]')
  })
  it('leave the text whole', () => {
    const text = 'One two, ÄÖ three two.'
    expect(markedPieces(text, ['two', 'äö']).map((piece) => piece.text).join('')).toBe(text)
    expect(markedPieces(text, [])).toEqual([{ text, marked: false }])
    expect(markedPieces('İx', ['x'])).toEqual([{ text: 'İx', marked: false }])
  })
})
