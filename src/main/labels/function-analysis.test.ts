import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analyseFunctions } from './function-analysis.ts'
import { voteMatrix } from './vote-matrix.ts'

describe('the labeling-function table', () => {
  // Six functions on six rows; row 2 is the only conflict.
  const rows = [[-1, -1, 0, -1, -1, 0], [-1, 0, -1, 1, -1, -1], [0, -1, -1, -1, 0, -1], [-1, -1, -1, -1, -1, -1], [-1, 1, -1, 1, -1, -1], [0, 0, 0, 0, -1, 0]]
  const columns = Array.from({ length: 6 }, (_, j) => rows.map((row) => row[j] ?? -1))
  const truth = [0, 0, 0, 1, 1, 0]

  it('has the values of a worked example', () => {
    const { functions, coverage, overlap, conflict } = analyseFunctions(voteMatrix(columns.map((_, j) => `lf${j}`), columns), truth)
    expect(functions.map(({ polarity }) => polarity)).toEqual([[0], [0, 1], [0], [0, 1], [0], [0]])
    expect(functions.map((f) => Math.round(f.coverage * 6))).toEqual([2, 3, 2, 3, 1, 2])
    expect(functions.map((f) => Math.round(f.overlaps * 6))).toEqual([2, 3, 2, 3, 1, 2])
    expect(functions.map((f) => Math.round(f.conflicts * 6))).toEqual([0, 1, 0, 1, 0, 0])
    expect(functions.map((f) => [f.correct, f.incorrect])).toEqual([[2, 0], [3, 0], [2, 0], [2, 1], [1, 0], [2, 0]])
    expect(functions[3]?.empiricalAccuracy).toBeCloseTo(2 / 3)
    expect([coverage, overlap, conflict].map((value) => Math.round(value * 6))).toEqual([5, 5, 1])
  })

  it('knows no accuracy without truth, nor of a silent function', () => {
    const matrix = voteMatrix(['a', 'b'], [[0, 1], [-1, -1]])
    expect(analyseFunctions(matrix).functions[0]).toMatchObject({ correct: null, incorrect: null, empiricalAccuracy: null })
    expect(analyseFunctions(matrix, [0, -1]).functions).toMatchObject([{ correct: 1, incorrect: 0, empiricalAccuracy: 1 }, { correct: 0, incorrect: 0, empiricalAccuracy: null, polarity: [] }])
  })

  it('equals its definitions, cell by cell', () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 })).chain(([n, m]) =>
      fc.tuple(fc.array(fc.array(fc.integer({ min: -1, max: 2 }), { minLength: n, maxLength: n }), { minLength: m, maxLength: m }), fc.array(fc.integer({ min: -1, max: 2 }), { minLength: n, maxLength: n }))
    )
    fc.assert(
      fc.property(cases, ([votes, known]) => {
        const n = known.length
        const { functions, pairs } = analyseFunctions(voteMatrix(votes.map((_, j) => `f${j}`), votes, 3), known)
        const share = (holds: (i: number) => boolean): number => known.filter((_, i) => holds(i)).length / n
        for (const [j, column] of votes.entries()) {
          const votesOn = (i: number): boolean => (column[i] ?? -1) >= 0
          const others = votes.filter((_, l) => l !== j)
          expect(functions[j]?.coverage).toBeCloseTo(share(votesOn))
          expect(functions[j]?.overlaps).toBeCloseTo(share((i) => votesOn(i) && others.some((other) => (other[i] ?? -1) >= 0)))
          expect(functions[j]?.conflicts).toBeCloseTo(share((i) => votesOn(i) && others.some((other) => (other[i] ?? -1) >= 0 && other[i] !== column[i])))
          expect(functions[j]?.correct).toBe(known.filter((c, i) => c >= 0 && column[i] === c).length)
          for (const [l, other] of votes.entries()) {
            const both = known.map((_, i) => i).filter((i) => votesOn(i) && (other[i] ?? -1) >= 0)
            expect(pairs.bothVote[j * votes.length + l]).toBe(both.length)
            expect(pairs.agree[j * votes.length + l]).toBe(both.filter((i) => column[i] === other[i]).length)
            expect(pairs.conflict[j * votes.length + l]).toBeCloseTo(both.filter((i) => column[i] !== other[i]).length / n)
          }
        }
      })
    )
  })

  it('refuses truth of another length or class', () => {
    const matrix = voteMatrix(['a'], [[0, 1]])
    expect(() => analyseFunctions(matrix, [0])).toThrow('The truth has 1 rows, the votes have 2.')
    expect(() => analyseFunctions(matrix, [0, 2])).toThrow('Row 2, column truth: 2 is neither')
  })
})
