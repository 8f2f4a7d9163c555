import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { confidentLearning } from '../noise/confident-learning/confident-learning.ts'
import { injectByMatrix } from '../noise/injection/noisy-labels.ts'
import { symmetricMatrix } from '../noise/injection/transition-matrix.ts'
import { confidentCases, drawConfidentCase } from '../noise/testing/reference-cases.ts'
import { cli } from './testing/cli-process.ts'

let home = ''
const input = drawConfidentCase(confidentCases[0]!)
const { rows, classes, labels, probabilities } = input
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'weakbench-cli-noise-'))
  writeFileSync(join(home, 'L.csv'), `label\n${labels.join('\n')}\n`)
  writeFileSync(join(home, 'P.csv'), `${Array.from({ length: rows }, (_, i) => probabilities.subarray(i * classes, (i + 1) * classes).join(',')).join('\n')}\n`)
  writeFileSync(join(home, 'T.csv'), '0.8,0.1,0.1\n0,1,0\n0.5,0,0.5\n')
  writeFileSync(join(home, 'bad.csv'), '0.8,0.1\n0.3,0.7\n')
  writeFileSync(join(home, 'nan.csv'), '0.5,0.5\n0.3,nan\n')
  writeFileSync(join(home, 'two.csv'), '0\n1\n')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const json = async (line: string): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await cli([...line.split(' '), '--json'], home)
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Record<string, unknown>
}
const numbersOf = (file: string): number[] => readFileSync(join(home, file), 'utf8').trim().split('\n').slice(1).map(Number)
const nested = (matrix: Float64Array): number[][] => Array.from({ length: classes }, (_, row) => [...matrix.subarray(row * classes, (row + 1) * classes)])

describe('noise', () => {
  it('gives what confident learning says, to the last bit', async () => {
    const result = confidentLearning(input)
    expect(await json('noise --labels L.csv --probs P.csv')).toEqual({
      thresholds: [...result.thresholds],
      confidentJoint: nested(result.calibrated),
      confidentJointUncalibrated: nested(result.uncalibrated),
      joint: nested(result.joint),
      noiseMatrix: nested(result.noiseMatrix),
      inverseNoiseMatrix: nested(result.inverseNoiseMatrix),
      prior: [...result.prior],
      numLabelIssues: result.numLabelIssues,
      issues: Object.fromEntries(Object.entries(result.issues).map(([method, flagged]) => [method, [...flagged]])),
      scores: Object.fromEntries(Object.entries(result.scores).map(([score, values]) => [score, [...values]]))
    })
  })

  it('adjusts, and is a table for people', async () => {
    const adjusted = (await json('noise --labels L.csv --probs P.csv --adjust'))['scores'] as Record<string, number[]>
    expect(adjusted['self-confidence']).toEqual([...confidentLearning(input, { adjust: true }).scores['self-confidence']!])
    const { stdout } = await cli(['noise', '--labels', 'L.csv', '--probs', 'P.csv'], home)
    expect(stdout).toMatch(/^class +given +threshold +true share +wrong +mostly\n/)
    expect(stdout).toMatch(/\n90 rows; about \d+ labels are wrong \(0\.\d{3}\)\.\n$/)
  })
})

describe('noise inject', () => {
  it('writes noisy labels and says what came out', async () => {
    const wanted = injectByMatrix(labels, symmetricMatrix(classes, 0.3), classes, 7)
    const result = await json('noise inject --labels L.csv --type symmetric --rate 0.3 --seed 7 --out N.csv')
    expect(result).toMatchObject({ type: 'symmetric', seed: 7, rows, classes, changed: wanted.changed, rate: wanted.rate, matrix: nested(wanted.matrix) })
    expect(numbersOf('N.csv')).toEqual([...wanted.labels])
  })

  it.each([
    ['pair', '--rate 0.4'],
    ['matrix', '--matrix T.csv'],
    ['annotator', '--matrix T.csv'],
    ['instance', '--rate 0.3 --features P.csv'],
    ['model', '--probs P.csv --rate 0.2']
  ])('%s', async (type, options) => {
    const { changed } = await json(`noise inject --labels L.csv --type ${type} ${options} --out ${type}.csv`)
    const noisy = numbersOf(`${type}.csv`)
    expect(noisy).toHaveLength(rows)
    expect(noisy.filter((label, i) => label !== labels[i]).length).toBe(changed)
    expect(changed).toBeGreaterThan(0)
    if (type === 'matrix' || type === 'annotator') for (const [i, label] of noisy.entries()) if (labels[i] === 1) expect(label).toBe(1)
  })
})

describe('what cannot be used', () => {
  it.each([
    ['noise --labels L.csv', 2, "Required option '--probs <file>' not specified."],
    ['noise --labels two.csv --probs bad.csv', 1, 'Row 1: the probabilities sum to 0.9, not to one.'],
    ['noise --labels two.csv --probs nan.csv', 1, 'nan.csv, row 2 (line 2), column 2: "nan" is no number.'],
    ['noise --labels L.csv --probs bad.csv', 1, 'L.csv has 90 labels, bad.csv 2 rows.'],
    ['noise --labels none.csv --probs bad.csv', 1, 'There is no file none.csv.'],
    ['noise inject --labels L.csv --type symmetric --out N.csv', 2, 'Noise of type symmetric needs --rate.'],
    ['noise inject --labels L.csv --type pair --rate 1.5 --out N.csv', 2, 'It must be a number from 0 to 1.'],
    ['noise inject --labels L.csv --type matrix --matrix bad.csv --out N.csv', 1, 'Row 1 of the transition matrix sums to 0.9, not to one.'],
    ['noise inject --labels L.csv --type annotator --matrix P.csv --out N.csv', 1, 'The matrix has 90 rows and 3 columns.']
  ])('%s', async (line, status, message) => {
    const { code, stdout } = await cli([...line.split(' '), '--json'], home)
    expect([code, (JSON.parse(stdout) as { error: { message: string } }).error.message]).toEqual([status, expect.stringContaining(message)])
  })
})
