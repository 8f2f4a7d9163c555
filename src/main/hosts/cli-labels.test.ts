import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labelModelMethods } from '../../shared/domain/weak-labels.ts'
import { writeLines, writeVotes } from '../labels/vote-files.ts'
import { generateVotes } from '../labels/vote-generators.ts'
import { cli } from './testing/cli-process.ts'

let home = ''
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'weakbench-cli-labels-'))
  const { votes, truth } = generateVotes('exact-duplicates', { rows: 600, seed: 1 })
  await writeVotes(join(home, 'V.csv'), votes)
  await writeLines(join(home, 'T.csv'), 'label', truth.length, (i) => String(truth[i]))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Output {
  readonly functions: readonly Record<string, unknown>[]
  readonly coverage: number
  readonly overlap: number
  readonly conflict: number
  readonly accuracy?: number
}
const json = async (line: string): Promise<Output> => {
  const { code, stdout, stderr } = await cli([...line.split(' '), '--json'], home)
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Output
}

describe('lf analyse', () => {
  it('gives a row a function in the order of the columns', async () => {
    const { functions, coverage, overlap, conflict } = await json('lf analyse --votes V.csv --truth T.csv')
    expect(functions.map(({ name }) => name)).toEqual(Array.from({ length: 11 }, (_, j) => `f${j}`))
    expect(Object.keys(functions[0] ?? {}).toSorted()).toEqual(['conflicts', 'correct', 'coverage', 'empiricalAccuracy', 'incorrect', 'name', 'overlaps', 'polarity'])
    expect(functions[0]?.['polarity']).toEqual([0, 1])
    expect(functions[0]?.['empiricalAccuracy']).toBeCloseTo(0.8, 1)
    expect([coverage, overlap, conflict].every((share) => share > 0.5 && share <= 1)).toBe(true)
  })

  it('is a table for people, and makes no bench file', async () => {
    const before = readdirSync(home)
    const { code, stdout } = await cli(['lf', 'analyse', '--votes', 'V.csv'], home)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^function +polarity +coverage +overlaps +conflicts +correct +incorrect +accuracy\n/)
    expect(stdout).toMatch(/\nf10 +0 1 +0\.\d{3} .* - +- +-\n/)
    expect(readdirSync(home)).toEqual(before)
  })
})

describe('label-model', () => {
  it.each(labelModelMethods)('%s', async (method) => {
    const { functions, accuracy, coverage } = await json(`label-model --votes V.csv --classes 2 --method ${method} --truth T.csv --seed 3 --balance 0.5,0.5`)
    expect(functions).toHaveLength(11)
    expect(Object.keys(functions[0] ?? {})).toEqual(['name', 'accuracy', 'interval'])
    expect(accuracy ?? 0).toBeGreaterThan(method === 'correlated' ? 0.8 : 0.55)
    expect(coverage).toBeGreaterThan(0.9)
  })

  it('writes the probabilities', async () => {
    expect((await json('label-model --votes V.csv --classes 3 --method dawid-skene --balance estimate --out P.csv')).accuracy).toBeUndefined()
    const lines = readFileSync(join(home, 'P.csv'), 'utf8').trimEnd().split('\n')
    expect([lines[0], lines.length]).toEqual(['p0,p1,p2', 601])
    for (const line of lines.slice(1)) expect(line.split(',').reduce((sum, p) => sum + Number(p), 0)).toBeCloseTo(1, 5)
  })

  it('says for people what counts as one opinion, and warns', async () => {
    const { stdout } = await cli('label-model --votes V.csv --classes 2 --method correlated --truth T.csv'.split(' '), home)
    expect(stdout).toContain('Counted as one opinion: f5, f6, f7, f8, f9, f10.')
    expect(stdout).toMatch(/Right on 0\.8\d\d of the rows with a vote and a known class; majority vote: 0\.\d{3}\./)
    writeFileSync(join(home, 'two.csv'), 'a,b\n0,1\n1,1\n')
    expect((await cli('label-model --votes two.csv --classes 2 --method majority'.split(' '), home)).stdout).toContain('Warning: Only 2 functions vote')
  })
})

describe('what cannot be used', () => {
  it.each([
    ['label-model --votes V.csv --classes 1 --method majority', 2, 'whole number from 2 to 1000'],
    ['label-model --votes V.csv --classes 1000000 --method majority', 2, 'whole number from 2 to 1000'],
    ['label-model --votes V.csv --classes 2 --method guess', 2, 'guess'],
    ['label-model --votes V.csv --classes 2', 2, '--method'],
    ['label-model --classes 2 --method majority', 2, '--votes'],
    ['label-model --votes V.csv --classes 2 --method majority --balance 0.5,x', 2, 'one share above 0 a class'],
    ['label-model --votes V.csv --classes 2 --method majority --balance 0.2,0.3,0.5', 2, '3 shares for 2 classes'],
    ['label-model --votes V.csv --classes 2 --method majority --out none/P.csv', 2, 'cannot be written'],
    ['lf analyse --votes none.csv', 1, 'There is no file none.csv.'],
    ['lf analyse --votes word.csv', 1, 'word.csv, row 2 (line 3), column b: "x" is not a whole number.'],
    ['lf analyse --votes ragged.csv', 1, 'ragged.csv, row 2 (line 3), column b: the row ends before it'],
    ['lf analyse --votes empty.csv', 1, 'empty.csv holds no votes.'],
    ['label-model --votes high.csv --classes 2 --method majority', 1, 'high.csv, row 2, column a: 2 is neither a class from 0 to 1 nor -1.'],
    ['lf analyse --votes low.csv', 1, 'low.csv, row 1, column a: -2 is neither'],
    ['lf analyse --votes V.csv --truth high.csv', 1, 'high.csv has 2 columns'],
    ['lf analyse --votes V.csv --truth short.csv', 1, 'The truth has 2 rows, the votes have 600.'],
    ['lf', 2, 'names no command']
  ])('%s', async (line, exitCode, said) => {
    const files = { 'word.csv': 'a,b\n0,1\n1,x\n', 'ragged.csv': 'a,b\n0,1\n1\n', 'empty.csv': '', 'high.csv': 'a,b\n0,1\n2,1\n', 'low.csv': 'a,b\n-2,1\n', 'short.csv': '0\n1\n' }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(home, name), content)
    const { code, stdout, stderr } = await cli(line.split(' '), home)
    expect([code, stdout]).toEqual([exitCode, ''])
    expect(stderr).toContain(said)
    expect(stderr).toMatch(/^Weakbench: [^\n]+[.?!]\n {2}[^\n]+\.\n$/)
  })
})
