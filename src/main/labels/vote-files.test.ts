import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BenchError, type ErrorPayload } from '../../shared/contract/errors.ts'
import { readTruth, readVotes, writeProbabilities, writeVotes } from './vote-files.ts'
import { voteMatrix } from './vote-matrix.ts'
import { readWrench, writeWrench } from './wrench-files.ts'

let folder = ''
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'weakbench-votes-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (content: string | Buffer, name = 'votes.csv'): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const refusal = async (reading: Promise<unknown>): Promise<ErrorPayload> => {
  const error: unknown = await reading.then(() => null, (reason: unknown) => reason)
  if (error instanceof BenchError) return error.payload
  throw error instanceof Error ? error : new Error('nothing was refused')
}
const columns = async (content: string | Buffer, classes?: number): Promise<Record<string, number[]>> => {
  const { votes } = await readVotes(file(content), classes)
  return Object.fromEntries(votes.names.map((name, j) => [name, Array.from(votes.votes.subarray(j * votes.rows, (j + 1) * votes.rows))]))
}

describe('votes as CSV', () => {
  it.each([
    ['a header', 'a,b\n0,-1\n1,1\n', { a: [0, 1], b: [-1, 1] }],
    ['no line end at the end', 'a,b\n0,-1\n1,1', { a: [0, 1], b: [-1, 1] }],
    ['line ends of Windows and a byte order mark', '\uFEFFa,b\r\n0,-1\r\n1,1\r\n\r\n', { a: [0, 1], b: [-1, 1] }],
    ['semicolons', 'a;b\n0;-1\n', { a: [0], b: [-1] }],
    ['tabs', 'a\tb\n0\t-1\n', { a: [0], b: [-1] }],
    ['quotes and blanks', '"a, or b", c\n"0" , -1\n', { 'a, or b': [0], c: [-1] }],
    ['no header', '0,1\n1,1\n', { lf0: [0, 1], lf1: [1, 1] }],
    ['names that are numbers, as pandas gives them', '0,1,2,3,4\n0,1,-1,1,0\n', { 0: [0], 1: [1], 2: [-1], 3: [1], 4: [0] }]
  ])('are read with %s', async (_what, content, expected) => expect(await columns(content)).toEqual(expected))

  it('know ids in the first column', async () => {
    const { votes, ids } = await readVotes(file('id,a\n"x, 1",0\ny,1\n'))
    expect([votes.names, ids]).toEqual([['a'], ['x, 1', 'y']])
    expect((await readVotes(file(',a,b\n7,0,1\n'))).ids).toEqual(['7'])
  })

  it.each([
    ['an empty file', '', 'holds no votes', 'row 1, column 1'],
    ['a header alone', 'a,b\n', 'holds no votes', 'row 1, column 1'],
    ['a vote beyond the classes', 'a,b\n0,1\n0,3\n', 'row 2, column b: 3 is neither a class from 0 to 2 nor -1', 'row 2, column b'],
    ['a vote below -1', 'a,b\n-2,1\n', 'row 1, column a: -2 is neither', 'row 1, column a'],
    ['half a vote', 'a,b\n0,0.5\n', 'row 1 (line 2), column b: "0.5" is not a whole number', 'row 1, column b'],
    ['a word', 'a,b\n0,spam\n', '"spam" is not a whole number', 'row 1, column b'],
    ['an empty cell', 'a,b\n0,\n', 'An empty cell is not a whole number', 'row 1, column b'],
    ['a huge number', 'a,b\n0,99999999999999999999\n', 'is not a whole number', 'row 1, column b'],
    ['a NUL byte', 'a,b\n0,\0\n', 'is not a whole number', 'row 1, column b'],
    ['a short row', 'a,b,c\n0,1,1\n0,1\n', 'row 2 (line 3), column c: the row ends before it, after 2 of 3 cells', 'row 2, column c'],
    ['a long row', 'a,b\n0,1,1\n', 'row 1 (line 2), column 3: there is no such column', 'row 1, column 3'],
    ['a blank line in between', 'a,b\n0,1\n\n0,1\n', 'line 3 is empty', 'line 3'],
    ['a name twice', 'a,a\n0,1\n', 'Two columns are named a', 'column a'],
    ['a column without a name', 'a,,b\n0,1,1\n', 'Column 2 has no name', 'row 0, column 2']
  ])('are refused for %s', async (_what, content, said, field) => {
    const payload = await refusal(readVotes(file(content), 3))
    expect(payload).toMatchObject({ code: 'bad-data', field })
    expect(payload.message).toContain(said)
    expect(payload.message).toMatch(/^[^\n]+\.$/)
  })

  it('are refused where there is no file, or a folder', async () => {
    expect(await refusal(readVotes(join(folder, 'none.csv')))).toMatchObject({ code: 'not-found', message: `There is no file ${join(folder, 'none.csv')}.` })
    expect(await refusal(readVotes(folder))).toMatchObject({ code: 'not-found', message: expect.stringContaining('is a folder') as unknown })
  })

  it('come back as they were written, across pieces of the file', async () => {
    const rows = 120_000
    const written = voteMatrix(['a,b', 'say "c"', 'd'], [0, 1, 2].map((j) => Int8Array.from({ length: rows }, (_, i) => ((i * (j + 2) + (i >> 5)) % 5) - 1)), 5)
    const path = join(folder, 'long.csv')
    await writeVotes(path, written, Array.from({ length: rows }, (_, i) => `row ${i}`))
    expect(readFileSync(path).length).toBeGreaterThan(2 ** 20)
    const { votes, ids } = await readVotes(path, 5)
    expect(votes).toEqual(written)
    expect([ids?.length, ids?.at(-1)]).toEqual([rows, `row ${rows - 1}`])
    expect(readdirSync(folder).filter((name) => name.endsWith('.unfinished'))).toEqual([])
  })

  it('never crash or hang the reader, whatever stands in the file', async () => {
    const valid = 'id,a,b\n1,0,1\n2,-1,1\n3,2,0\n'
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(valid.length - 1), fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }), async (edits) => {
        let bytes = Buffer.from(valid)
        for (const [at, kind, byte] of edits) {
          const piece = kind === 0 ? Buffer.of(byte) : Buffer.alloc(0)
          bytes = kind === 2 ? bytes.subarray(0, at) : Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(kind === 0 ? at : at + 1)])
        }
        const outcome: unknown = await readVotes(file(bytes, 'mutated.csv'), 3).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(BenchError)
        else expect(outcome).toMatchObject({ votes: { classes: 3 } })
      }),
      { numRuns: 1500 }
    )
  })
})

describe('truth as CSV', () => {
  it.each([['y\n0\n-1\n2\n'], ['0\n-1\n2\n'], ['id,y\na,0\nb,-1\nc,2\n']])('is read from %j', async (content) => expect([...(await readTruth(file(content, 'truth.csv')))]).toEqual([0, -1, 2]))
  it('is one column', async () => expect(await refusal(readTruth(file('a,b\n0,1\n', 'truth.csv')))).toMatchObject({ code: 'bad-data', message: 'truth.csv has 2 columns; the truth is one.' }))
})

describe('probabilities as CSV', () => {
  it('are a line a row', async () => {
    const path = join(folder, 'p.csv')
    await writeProbabilities(path, { rows: 2, classes: 2, probabilities: Float32Array.of(0.25, 0.75, 1, 0) })
    expect(readFileSync(path, 'utf8')).toBe('p0,p1\n0.25,0.75\n1,0\n')
  })

  it('cannot be written into a folder that is not there', async () => {
    const payload = await refusal(writeProbabilities(join(folder, 'none', 'p.csv'), { rows: 1, classes: 2, probabilities: Float32Array.of(0, 1) }))
    expect(payload).toMatchObject({ code: 'invalid-input', field: 'out', message: expect.stringContaining('cannot be written (ENOENT)') as unknown })
  })
})

describe('votes in the layout of WRENCH', () => {
  const labels = '{"0": "ham", "1": "spam"}'

  it('come back as they were written', async () => {
    const votes = voteMatrix(['lf0', 'lf1'], [[0, -1, 1], [1, -1, 1]])
    const data = (i: number): object => ({ text: `} ", \\ {${i}[é` })
    await writeWrench(join(folder, 'train.json'), { votes, ids: ['a', 'b"', '3'], truth: [0, -1, 1], classNames: ['ham', 'spam'], data })
    const back = await readWrench(join(folder, 'train.json'))
    expect(back).toEqual({ votes, ids: ['a', 'b"', '3'], truth: Int32Array.of(0, -1, 1), classNames: ['ham', 'spam'] })
    const raw = JSON.parse(readFileSync(join(folder, 'train.json'), 'utf8')) as Record<string, { data: unknown }>
    expect(raw['a']?.data).toEqual(data(0))
    expect(JSON.parse(readFileSync(join(folder, 'label.json'), 'utf8'))).toEqual({ 0: 'ham', 1: 'spam' })
  })

  it('are read piece by piece', async () => {
    file(labels, 'label.json')
    const entries = Array.from({ length: 30_000 }, (_, i) => `"${i}": {"label": ${i % 2}, "weak_labels": [${i % 2}, -1], "data": {"text": "${'x\\"'.repeat(i % 40)}"}}`)
    const { votes, truth } = await readWrench(file(`\uFEFF { ${entries.join(',\n')} } \n`, 'train.json'))
    expect([votes.rows, votes.votes[29_999], truth[29_999]]).toEqual([30_000, 1, 1])
  })

  it.each([
    ['an example of another length', '{"a": {"label": 0, "weak_labels": [0, 1]}, "b": {"label": 0, "weak_labels": [0]}}', 'example b: 1 votes where the first example has 2'],
    ['a vote beyond the classes', '{"a": {"label": 0, "weak_labels": [0, 2]}}', 'example a: the vote 2 is no class'],
    ['a label beyond the classes', '{"a": {"label": 5, "weak_labels": [0, 1]}}', 'example a: 5 is no class'],
    ['an id twice', '{"a": {"label": 0, "weak_labels": [0]}, "a": {"label": 0, "weak_labels": [0]}}', 'example a: the id is there twice'],
    ['a vote that is no number', '{"a": {"label": 0, "weak_labels": ["x"]}}', 'example 1: it is not'],
    ['an end inside', '{"a": {"label": 0, "weak_labels": [0]}', 'it ends inside the object'],
    ['an array', '[1]', 'does not begin with {'],
    ['more behind it', '{"a": {"label": 0, "weak_labels": [0]}} x', 'more stands after the end'],
    ['nothing in it', '{}', 'empty']
  ])('are refused for %s', async (_what, content, said) => {
    file(labels, 'label.json')
    expect(await refusal(readWrench(file(content, 'bad.json')))).toMatchObject({ code: 'bad-data', message: expect.stringContaining(said) as unknown })
  })

  it.each(['{"0": "ham"}', '{"1": "ham", "2": "spam"}', '[]', 'x'])('are refused with label.json %s', async (content) => {
    const path = file('{"a": {"label": 0, "weak_labels": [0]}}', 'train.json')
    expect(await refusal(readWrench(path, file(content, 'wrong-label.json')))).toMatchObject({ code: 'bad-data', field: 'wrong-label.json' })
  })
})
