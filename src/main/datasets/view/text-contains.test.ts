import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinTexts, packTexts } from '../../store/text-chunk.ts'
import { maskOfContaining } from './text-contains.ts'

const maskOf = (values: readonly (string | null)[], wanted: string): number[] => Array.from(maskOfContaining(joinTexts([packTexts(values)]), wanted))

test('holds what the lower case of the text holds, whatever the letters', () => {
  const letter = fc.constantFrom('a', 'A', 'k', 'K', '\u212a', 'i', 'I', '\u0130', '\u0307', '\ufeff', 'é', 'É', 'Σ', 'σ', 'ς', 'ß', '漢', '字', '😀', ' ', '1', '[', '{')
  const text = fc.array(letter, { maxLength: 8 }).map((letters) => letters.join(''))
  fc.assert(
    fc.property(fc.array(fc.option(text, { nil: null }), { maxLength: 12 }), fc.array(letter, { maxLength: 3 }).map((letters) => letters.join('')), (values, wanted) => {
      expect(maskOf(values, wanted)).toEqual(values.map((value) => Number(value?.toLowerCase().includes(wanted.toLowerCase()) ?? false)))
    }),
    { numRuns: 2000 }
  )
})

test('what ends in the next row is not found', () => {
  expect(maskOf(['ab', 'cab', null, 'c', 'xABCx'], 'abc')).toEqual([0, 0, 0, 0, 1])
  expect(maskOf(['', null, 'x'], '')).toEqual([1, 0, 1])
})

test('only the Kelvin sign and the dotted I have a lower case made of other letters that have no case or are ASCII', () => {
  const found: number[] = []
  for (let code = 128; code < 0x110000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue
    const letter = String.fromCodePoint(code)
    const others = Array.from(letter.toLowerCase()).filter((each) => each !== letter)
    if (others.some((each) => each <= '\x7f' || (each.toLowerCase() === each && each.toUpperCase() === each))) found.push(code)
  }
  expect(found).toEqual([0x130, 0x212a])
})
