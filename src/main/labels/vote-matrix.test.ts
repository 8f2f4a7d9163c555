import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { columnOf, maximumFunctions, voteMatrix } from './vote-matrix.ts'
import { thinned, votePatterns } from './vote-patterns.ts'

const refusal = (make: () => unknown): BenchError['payload'] => {
  try {
    make()
  } catch (error) {
    if (error instanceof BenchError) return error.payload
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a vote matrix', () => {
  it('holds columns in the narrowest type', () => {
    const small = voteMatrix(['a', 'b'], [[0, 1, -1], [1, 1, 0]])
    expect([small.classes, small.rows, small.votes]).toEqual([2, 3, Int8Array.of(0, 1, -1, 1, 1, 0)])
    expect(columnOf(small, 1)).toEqual(Int8Array.of(1, 1, 0))
    expect(voteMatrix(['a'], [[0]], 129).votes).toBeInstanceOf(Int16Array)
  })

  it('counts the classes from the votes', () => expect(voteMatrix(['a'], [[4, -1]]).classes).toBe(5))

  it.each([
    ['a vote beyond the classes', () => voteMatrix(['a', 'b'], [[0, 0], [0, 2]], 2), 'bad-data', 'row 2, column b'],
    ['a vote below -1', () => voteMatrix(['a'], [[0, 0, -2]], 2), 'bad-data', 'row 3, column a'],
    ['half a vote', () => voteMatrix(['a'], [[0.5]], 2), 'bad-data', 'row 1, column a'],
    ['not a number', () => voteMatrix(['a'], [[NaN]], 2), 'bad-data', 'row 1, column a'],
    ['columns of two lengths', () => voteMatrix(['a', 'b'], [[0], [0, 1]]), 'bad-data', 'column b'],
    ['a name twice', () => voteMatrix(['a', 'a'], [[0], [1]]), 'bad-data', 'column a'],
    ['one class', () => voteMatrix(['a'], [[0]], 1), 'invalid-input', 'classes'],
    ['a million classes', () => voteMatrix(['a'], [[0]], 1_000_000), 'invalid-input', 'classes'],
    ['too many functions', () => voteMatrix(Array.from({ length: maximumFunctions + 1 }, (_, j) => `f${j}`), Array.from({ length: maximumFunctions + 1 }, () => [0])), 'bad-data', `column ${maximumFunctions + 1}`]
  ])('refuses %s', (_what, make, code, field) => {
    expect(refusal(make)).toMatchObject({ code, field, message: expect.stringMatching(/^[A-Z].*\.$/) as unknown, hint: expect.any(String) as unknown })
  })

  it('refuses nothing at all', () => {
    expect(refusal(() => voteMatrix([], []))).toMatchObject({ code: 'bad-data' })
    expect(refusal(() => voteMatrix(['a'], [[]]))).toMatchObject({ code: 'bad-data' })
  })
})

describe('patterns', () => {
  const matrices = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 400 })).chain(([rows, functions, classes]) =>
    fc.array(fc.array(fc.integer({ min: -1, max: classes - 1 }), { minLength: rows, maxLength: rows }), { minLength: functions, maxLength: functions }).map((columns) => ({ columns, classes }))
  )

  it('give every row back, each pattern once, with its count', () => {
    fc.assert(
      fc.property(matrices, ({ columns, classes }) => {
        const m = columns.length
        const matrix = voteMatrix(columns.map((_, j) => `f${j}`), columns, classes)
        const patterns = votePatterns(matrix)
        const shown = Array.from({ length: patterns.count }, (_, p) => patterns.votes.subarray(p * m, (p + 1) * m).join())
        expect(new Set(shown).size).toBe(patterns.count)
        const rows = Array.from({ length: matrix.rows }, (_, i) => columns.map((column) => column[i]).join())
        expect(rows).toEqual(Array.from(patterns.patternOf, (p) => shown[p]))
        for (const [p, text] of shown.entries()) expect(patterns.weights[p]).toBe(rows.filter((row) => row === text).length)
      })
    )
  })

  it('are numbered alike where keys are too many for a table', () => {
    const rows = 70_000
    const columns = Array.from({ length: 3 }, (_, j) => Int16Array.from({ length: rows }, (_vote, i) => (i * (j + 3) + (i >> 7)) % 997))
    const patterns = votePatterns(voteMatrix(['a', 'b', 'c'], columns, 1000))
    const texts = new Set(Array.from({ length: rows }, (_, i) => columns.map((column) => column[i]).join()))
    expect(patterns.count).toBe(texts.size)
    for (let i = 0; i < rows; i += 611) expect([0, 1, 2].map((j) => patterns.votes[(patterns.patternOf[i] ?? 0) * 3 + j])).toEqual(columns.map((column) => column[i]))
  })

  it('of every third row count those rows', () => {
    const thin = thinned(votePatterns(voteMatrix(['a'], [[0, 1, 1, 1, 0, 0, 0]])), 3)
    expect([thin.rows, [...thin.votes], [...thin.weights], [...thin.patternOf]]).toEqual([3, [0, 1], [2, 1], [0, 1, 0]])
  })
})
