import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelModelMethods } from '../../shared/domain/weak-labels.ts'
import { stream } from '../learn/random.ts'
import { effectiveVotes, wilsonInterval } from './accuracy-interval.ts'
import { fitDawidSkene } from './dawid-skene.ts'
import { answerAccuracy, runLabelModel } from './label-model.ts'
import { fitOneCoin } from './one-coin.ts'
import { generateVotes } from './vote-generators.ts'
import { type VoteMatrix, voteMatrix } from './vote-matrix.ts'
import { votePatterns } from './vote-patterns.ts'

const named = (columns: readonly (readonly number[])[], classes = 2): VoteMatrix => voteMatrix(columns.map((_, j) => `f${j}`), columns, classes)

describe.each(labelModelMethods)('%s', (method) => {
  const matrices = fc.tuple(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 4 })).chain(([rows, functions, classes]) =>
    fc.array(fc.array(fc.integer({ min: -1, max: classes - 1 }), { minLength: rows, maxLength: rows }), { minLength: functions, maxLength: functions }).map((columns) => named(columns, classes))
  )

  it('gives probabilities, accuracies and intervals for any votes', () => {
    fc.assert(
      fc.property(matrices, (votes) => {
        const { probabilities, functions, classBalance, covered } = runLabelModel(method, votes)
        for (let i = 0; i < votes.rows; i++) {
          const row = [...probabilities.subarray(i * votes.classes, (i + 1) * votes.classes)]
          expect(row.every((p) => p >= 0 && p <= 1)).toBe(true)
          expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
          if (covered[i] === 0) for (const [c, p] of row.entries()) expect(p).toBeCloseTo(classBalance[c] ?? NaN, 5)
        }
        for (const { accuracy, interval, votes: count } of functions) {
          if (count === 0) expect([accuracy, interval]).toEqual([null, null])
          else expect([(interval?.[0] ?? 2) <= (accuracy ?? -1) + 1e-9, (accuracy ?? 2) <= (interval?.[1] ?? -1) + 1e-9, accuracy !== null && accuracy >= 0 && accuracy <= 1]).toEqual([true, true, true])
        }
      }),
      { numRuns: method === 'correlated' ? 15 : 60 }
    )
  })

  const { votes, truth } = generateVotes('independent', { rows: 400, seed: 11, classes: 3 })
  const columns = votes.names.map((_, j) => Int8Array.from(votes.votes.subarray(j * votes.rows, (j + 1) * votes.rows)))
  const whole = runLabelModel(method, votes, { seed: 1 })

  it('does not depend on the order of functions', () => {
    const order = [3, 0, 4, 2, 1]
    const other = runLabelModel(method, voteMatrix(order.map((j) => `f${j}`), order.map((j) => columns[j] ?? []), 3), { seed: 1 })
    for (let at = 0; at < whole.probabilities.length; at += 7) expect(other.probabilities[at]).toBeCloseTo(whole.probabilities[at] ?? NaN, 4)
    for (const [at, j] of order.entries()) expect(other.functions[at]?.accuracy).toBeCloseTo(whole.functions[j]?.accuracy ?? NaN, 4)
  })

  it('is changed by no function that only abstains', () => {
    const more = runLabelModel(method, voteMatrix([...votes.names, 'silent'], [...columns, new Int8Array(400).fill(-1)], 3), { seed: 1 })
    for (let at = 0; at < whole.probabilities.length; at++) expect(more.probabilities[at]).toBeCloseTo(whole.probabilities[at] ?? NaN, 6)
    expect(more.functions.at(-1)).toEqual({ name: 'silent', accuracy: null, interval: null, votes: 0 })
    expect(more.warnings.map(({ code }) => code)).toContain('silent-functions')
  })

  it('renames classes as they are renamed', () => {
    const turned = runLabelModel(method, voteMatrix(votes.names, columns.map((column) => column.map((vote) => (vote < 0 ? vote : 2 - vote))), 3), { seed: 1 })
    for (let i = 0; i < 400; i += 9) for (let c = 0; c < 3; c++) expect(turned.probabilities[i * 3 + 2 - c]).toBeCloseTo(whole.probabilities[i * 3 + c] ?? NaN, 4)
  })

  it('is right about as often as majority vote where functions are independent, and repeats itself', () => {
    const majority = runLabelModel('majority', votes)
    expect(answerAccuracy(whole, truth) ?? 0).toBeGreaterThan((answerAccuracy(majority, truth) ?? 1) - 0.03)
    expect(runLabelModel(method, votes, { seed: 1 }).probabilities).toEqual(whole.probabilities)
  })

  it('keeps a given class balance', () => {
    const given = runLabelModel(method, votes, { balance: [0.2, 0.3, 0.5] })
    for (const [c, share] of [0.2, 0.3, 0.5].entries()) expect(given.classBalance[c]).toBeCloseTo(share, 12)
    expect(runLabelModel(method, votes, { balance: 'uniform' }).classBalance).toEqual([1 / 3, 1 / 3, 1 / 3])
  })
})

describe('majority vote', () => {
  it('splits ties evenly', () => {
    const { probabilities } = runLabelModel('majority', named([[0, 0, 2, -1], [1, 0, 2, -1], [-1, 1, 0, -1]], 3), { balance: [0.5, 0.25, 0.25] })
    expect([...probabilities]).toEqual([0.5, 0.5, 0, 1, 0, 0, 0, 0, 1, 0.5, 0.25, 0.25])
  })
})

describe('weighted vote', () => {
  it('adds log odds of given accuracies', () => {
    const { probabilities } = runLabelModel('weighted', named([[0], [1], [1]]), { balance: 'uniform', accuracies: [0.9, 0.7, 0.6] })
    const odds = (0.9 / 0.1) * (0.3 / 0.7) * (0.4 / 0.6)
    expect(probabilities[0]).toBeCloseTo(odds / (1 + odds), 6)
  })

  it.each([[[0.9, 0.7], '2 accuracies for 3'], [[0.9, 0.7, 1], 'not between 0 and 1']])('refuses accuracies %j', (accuracies, said) => {
    expect(() => runLabelModel('weighted', named([[0], [1], [1]]), { accuracies })).toThrow(said)
  })
})

describe('one-coin', () => {
  it('climbs, and finds accuracies', () => {
    const { votes } = generateVotes('independent', { rows: 20_000, seed: 2, classes: 4 })
    const { objective, accuracies } = fitOneCoin(votePatterns(votes), 'estimate')
    for (let at = 1; at < objective.length; at++) expect((objective[at] ?? 0) - (objective[at - 1] ?? 0)).toBeGreaterThan(-1e-6)
    for (const [j, a] of [0.8, 0.77, 0.74, 0.71, 0.68].entries()) expect(accuracies[j]).toBeCloseTo(a, 1.7)
  })
})

describe('intervals', () => {
  it('are Wilson’s', () => {
    // The interval of 8 successes in 10 trials.
    expect(wilsonInterval(0.8, 10)).toEqual([expect.closeTo(0.4902, 4), expect.closeTo(0.9433, 4)])
    expect(wilsonInterval(0.8, 0)).toEqual([0, 1])
  })

  it('count every vote where the answer is sure and none where the vote is all there is', () => {
    const patterns = votePatterns(named([[0, 0, 1, 1], [0, 1, 1, 0]]))
    const sure = new Float64Array(8)
    for (let p = 0; p < 4; p++) sure[p * 2 + (p < 2 ? 0 : 1)] = 1
    expect(effectiveVotes(patterns, sure)[0]).toBe(4)
    expect(effectiveVotes(patterns, new Float64Array(8).fill(0.5))[0]).toBe(0)
  })

  it('of Dawid and Skene hold the true accuracy about as often as they say', () => {
    let held = 0
    const trials = 60
    for (let seed = 0; seed < trials; seed++) {
      const { votes, truth } = generateVotes('independent', { rows: 600, seed, coverage: 0.8 })
      const interval = runLabelModel('dawid-skene', votes).functions[2]?.interval ?? [1, 0]
      const column = votes.votes.subarray(2 * votes.rows, 3 * votes.rows)
      const right = column.filter((vote, i) => vote === truth[i]).length / column.filter((vote) => vote >= 0).length
      // The interval is for the accuracy behind the votes, 0.74; the share in the sample may stand in for it.
      if ((interval[0] <= 0.74 && 0.74 <= interval[1]) || (interval[0] <= right && right <= interval[1])) held++
    }
    expect(held / trials).toBeGreaterThan(0.85)
  })
})

describe('warnings', () => {
  const codes = (columns: readonly (readonly number[])[]): string[] => runLabelModel('dawid-skene', named(columns)).warnings.map(({ code }) => code)

  it.each([
    ['few-functions', [[0, 1, 0], [0, 1, 1]]],
    ['one-class', [[0, -1, 0], [0, 0, -1], [-1, 0, 0]]],
    ['low-coverage', [[0, -1, -1, -1], [0, -1, -1, 1], [1, -1, -1, -1]]],
    ['no-overlap', [[0, -1, -1], [-1, 1, -1], [-1, -1, 0]]]
  ])('%s', (code, columns) => expect(codes(columns)).toContain(code))

  it('counts answers against a unanimous vote', () => {
    const result = runLabelModel('weighted', named([[0, 1, 1, 1], [0, 1, 1, 1], [-1, 1, 1, 0]]), { balance: [0.01, 0.99], accuracies: [0.6, 0.6, 0.6] })
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'against-unanimous', count: 1 }))
    expect(result.majority.differs).toBe(1)
  })

  it('names functions that are no better than chance', () => {
    const { votes } = generateVotes('independent', { rows: 2000, seed: 4 })
    const noise = Int8Array.from({ length: 2000 }, (_, i) => (i * 7 + (i >> 3)) % 2)
    const columns = [...votes.names.map((_, j) => votes.votes.subarray(j * 2000, (j + 1) * 2000)), noise]
    const result = runLabelModel('dawid-skene', voteMatrix([...votes.names, 'noise'], columns, 2))
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'near-chance', functions: ['noise'] }))
  })

  it('are none where nothing is wrong', () => expect(runLabelModel('dawid-skene', generateVotes('independent', { rows: 2000, seed: 4 }).votes).warnings.filter(({ code }) => code !== 'against-unanimous')).toEqual([]))
})

describe('options that do not fit', () => {
  const votes = named([[0, 1], [1, 1], [0, 0]])
  it.each([
    [{ balance: [0.5, 0.25, 0.25] }, '3 shares for 2 classes'],
    [{ balance: [0.5, 0.6] }, 'sums to 1.1'],
    [{ balance: [0, 1] }, 'not positive'],
    [{ balance: [NaN, 1] }, 'not positive']
  ])('%j', (options, said) => expect(() => runLabelModel('majority', votes, options)).toThrow(said))
  it('groups of functions', () => {
    expect(() => runLabelModel('correlated', votes, { dependent: [[0, 3]] })).toThrow('There is no function 3')
    expect(() => runLabelModel('correlated', votes, { dependent: [[0, 1], [1, 2]] })).toThrow('f1 is in two groups')
  })
})

describe('an accuracy', () => {
  it('counts rows with a vote and a known class, ties in part', () => {
    const model = { rows: 4, classes: 2, covered: Uint8Array.of(1, 1, 1, 0), probabilities: Float32Array.of(0.9, 0.1, 0.5, 0.5, 0.2, 0.8, 1, 0) }
    expect(answerAccuracy(model, [0, 1, -1, 0])).toBe(0.75)
    expect(answerAccuracy(model, [-1, -1, -1, 0])).toBeNull()
  })
})

describe('unipolar rules', () => {
  it('inform Dawid and Skene’s model by abstaining', () => {
    // Two rules for each class; each votes on 40% of its class and on 5% of the other.
    const random = stream(1, 'rules')
    const truth = Array.from({ length: 4000 }, () => random.integer(2))
    const rules = [0, 1, 0, 1].map((polarity) => truth.map((c) => (random.bernoulli(c === polarity ? 0.4 : 0.05) ? polarity : -1)))
    const fit = fitDawidSkene(votePatterns(voteMatrix(['a', 'b', 'c', 'd'], rules, 2)), 'estimate')
    for (const accuracy of fit.accuracies) expect(Math.abs(accuracy - 0.4 / 0.45)).toBeLessThan(0.06)
  })
})
