import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberOfBytes, numberOfText } from './number-cell.ts'

const point = 46
const comma = 44

function fromBytes(text: string, decimal = point): number {
  const bytes = Buffer.from(`<${text}>`)
  return numberOfBytes(bytes, 1, bytes.length - 1, decimal)
}

/** What the reader makes of a cell: bytes first, text where they do not decide. */
function fromCell(text: string): number | null {
  const value = fromBytes(text)
  return Number.isNaN(value) ? numberOfText(text, '.') : value
}

describe('numberOfBytes', () => {
  it.each(['0', '-0', '1', '+5', '007', '1.', '.5', '-.5', '3.14', '1e3', '1E-3', '-2.5e+10', '123456789012345', '9007199254740993', '0.1', '0.30000000000000004', '1e22', '1e-22'])('reads %s as Number does', (text) => {
    expect(Object.is(fromCell(text), Number(text))).toBe(true)
  })

  it.each(['', '-', '+', '.', '-.', '1.2.3', '1e', '1e+', 'abc', '1 2', '0x10', '1,5', '--1', '1-', 'e5', 'NaN'])('leaves "%s" undecided, and the text is no number', (text) => {
    expect(fromBytes(text)).toBeNaN()
    expect(numberOfText(text, '.')).toBeNull()
  })

  it('reads a decimal comma', () => {
    expect(fromBytes('-1,25', comma)).toBe(-1.25)
    expect(fromBytes('1.25', comma)).toBeNaN()
    expect(numberOfText('1,5e3', ',')).toBe(1500)
    expect(numberOfText('1.5', ',')).toBeNull()
  })

  it('reads spaces and infinities from text', () => {
    expect([' 5 ', 'inf', '-Infinity', '+INF', '1e999'].map((text) => numberOfText(text, '.'))).toEqual([5, Infinity, -Infinity, Infinity, Infinity])
    expect(numberOfText('infinite', '.')).toBeNull()
  })

  it('gives the same double as Number for the shortest text of any double', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (value) => {
      expect(Object.is(fromCell(String(value)), Number(String(value)))).toBe(true)
    }), { numRuns: 3000, seed: 1 })
  })

  it('gives the same double as Number for any digits, point and exponent', () => {
    const digits = fc.stringMatching(/^[0-9]{0,18}$/)
    const exponent = fc.option(fc.integer({ min: -40, max: 40 }), { nil: undefined })
    fc.assert(fc.property(fc.constantFrom('', '-', '+'), digits, fc.boolean(), digits, exponent, (sign, whole, dotted, part, power) => {
      const text = `${sign}${whole}${dotted ? '.' : ''}${part}${power === undefined ? '' : `e${power}`}`
      fc.pre(whole !== '' || part !== '')
      expect(Object.is(fromCell(text), Number(text))).toBe(true)
    }), { numRuns: 10_000, seed: 2 })
  })

  it('rounds correctly beside the middle between two doubles', () => {
    // Halfway between neighbours and one unit in the last of up to 30 digits to either side.
    fc.assert(fc.property(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }), fc.integer({ min: 0, max: 12 }), fc.constantFrom(-1n, 0n, 1n), (mantissa, places, shift) => {
      const scale = 10n ** BigInt(places)
      const digits = ((2n * mantissa + 1n) * 5n * scale + shift).toString()
      const text = `${digits.slice(0, digits.length - places - 1)}.${digits.slice(digits.length - places - 1)}`
      expect(Object.is(fromCell(text), Number(text))).toBe(true)
    }), { numRuns: 3000, seed: 3 })
  })

  it('decides nearly all numbers by itself', () => {
    let undecided = 0
    for (let index = 1; index <= 10_000; index += 1) if (Number.isNaN(fromBytes(String(Math.sin(index))))) undecided += 1
    expect(undecided).toBeLessThan(200)
  })
})
