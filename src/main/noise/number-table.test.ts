import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stream } from '../learn/random.ts'
import { readNumberTable, readWholeNumbers } from './number-table.ts'
import { parseNumber } from './parse-number.ts'

let home = ''
beforeAll(() => void (home = mkdtempSync(join(tmpdir(), 'weakbench-number-table-'))))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const file = (text: string): string => {
  const path = join(home, 'T.csv')
  writeFileSync(path, text)
  return path
}
const parse = (text: string): number => parseNumber(Buffer.from(`;${text};`), 1, 1 + Buffer.byteLength(text))

describe('parseNumber', () => {
  it('reads what Number reads, to the last bit', () => {
    const random = stream(3, 'numbers')
    for (let i = 0; i < 3000; i++) {
      const value = random.normal() * 10 ** (random.integer(60) - 30)
      for (const text of [String(value), value.toFixed(random.integer(20)), value.toExponential(random.integer(20)), value.toPrecision(1 + random.integer(20))]) expect(parse(text)).toBe(Number(text))
    }
  })

  it.each(['0', '-0', '.5', '5.', '+1', '007', '1e-5', '" 2 "', '123456789012345678901234567890', '0.000000000000000000000000001'])('%s', (text) => {
    expect(parse(text)).toBe(Number(text.replaceAll('"', '')))
  })

  it.each(['', ' ', '.', '-', 'nan', 'inf', 'Infinity', '1e999', '0x10', '1,2', '1.2.3', '--1', '1_000', 'e5'])('refuses %j', (text) => expect(parse(text)).toBeNaN())
})

describe('readNumberTable', () => {
  it.each([
    ['plain', '0.1,0.9\n1,0\n'],
    ['names', 'p0,p1\n0.1,0.9\n1,0'],
    ['byte order mark, tabs and carriage returns', '\ufeffa\tb\r\n0.1\t0.9\r\n1\t0\r\n\r\n'],
    ['an index as pandas writes it', ',0,1\n0,0.1,0.9\n1,1,0\n'],
    ['names of rows', 'id;a;b\nx;0.1;0.9\ny;1;0\n']
  ])('%s', async (_, text) => {
    const { rows, columns, values } = await readNumberTable(file(text), { counted: true })
    expect([rows, columns, [...values]]).toEqual([2, 2, [0.1, 0.9, 1, 0]])
  })

  it('takes 0, 1, 2 for names only where asked', async () => {
    const path = file('0,1,2\n1,0,0\n')
    expect((await readNumberTable(path)).rows).toBe(2)
    expect((await readNumberTable(path, { counted: true })).rows).toBe(1)
  })

  it.each([
    ['0.1,0.9\n0.2,x\n', 'T.csv, row 2 (line 2), column 2: "x" is no number.'],
    ['a,b\n0.1,0.9\n0.2,nan\n', 'T.csv, row 2 (line 3), column 2: "nan" is no number.'],
    ['a,b\n0.1\n', 'T.csv, row 1 (line 2), column 2: the row ends before it, after 1 of 2 cells.'],
    ['0.1,0.9\n0.1,0.8,0.1\n', 'T.csv, row 2 (line 2), column 3: there is no such column; the first line has 2.'],
    ['0.1,0.9\n\n0.1,0.9\n', 'T.csv: line 2 is empty.'],
    ['a,b\n', 'T.csv holds no numbers.']
  ])('names what is wrong in %j', async (text, message) => {
    await expect(readNumberTable(file(text))).rejects.toThrow(message)
  })
})

it('reads whole numbers', async () => {
  expect([...(await readWholeNumbers(file('label\n3\n0\n12\n')))]).toEqual([3, 0, 12])
  await expect(readWholeNumbers(file('1\n0.5\n'))).rejects.toThrow('T.csv, row 2: 0.5 is not a whole number.')
  await expect(readWholeNumbers(file('1,2\n'))).rejects.toThrow('T.csv has 2 columns; labels are one.')
  await expect(readWholeNumbers(join(home, 'none.csv'))).rejects.toThrow('There is no file')
})
