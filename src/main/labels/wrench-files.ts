import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import { writeLines } from './vote-files.ts'
import { unreadable } from './vote-lines.ts'
import { type VoteMatrix, voteMatrix } from './vote-matrix.ts'

/** Votes in the layout of WRENCH (Zhang et al. 2021): `{id: {label, weak_labels, data}}` with `label.json` beside it. */
export interface WrenchVotes {
  readonly votes: VoteMatrix
  readonly ids: readonly string[]
  /** Class of each row, -1 where unknown. */
  readonly truth: Int32Array
  readonly classNames: readonly string[]
}

/** Characters that one example may take. */
const longestExample = 2 ** 26

const Example = v.object({ label: v.nullish(v.pipe(v.number(), v.integer()), -1), weak_labels: v.array(v.pipe(v.number(), v.integer())), data: v.optional(v.unknown()) })

/**
 * Reads a WRENCH file example by example; `data` is passed over. Class names come from `label.json` in the same folder
 * (`{position: name}`). Functions have no names in this layout and are called lf0, lf1, ...
 *
 * @throws BenchError `bad-data` naming the example and the column, `not-found` where a file is missing
 */
export async function readWrench(path: string, labelPath = join(dirname(path), 'label.json')): Promise<WrenchVotes> {
  const classNames = await readClassNames(labelPath)
  const ids: string[] = []
  const truth: number[] = []
  const columns: number[][] = []
  const seen = new Set<string>()
  for await (const text of entriesOf(path)) {
    const { id, example } = parseEntry(text, basename(path), ids.length + 1)
    const bad = (reason: string, column: string): BenchError => new BenchError('bad-data', `${basename(path)}, example ${id}: ${reason}`, { field: `row ${ids.length + 1}, column ${column}`, hint: 'Every example needs a label and one vote a function.' })
    if (seen.has(id)) throw bad('the id is there twice.', 'id')
    if (ids.length === 0) for (const _ of example.weak_labels) columns.push([])
    if (example.weak_labels.length !== columns.length) throw bad(`${example.weak_labels.length} votes where the first example has ${columns.length}.`, 'weak_labels')
    if (example.label < -1 || example.label >= classNames.length) throw bad(`${example.label} is no class of label.json and not -1.`, 'label')
    for (const [j, vote] of example.weak_labels.entries()) {
      if (vote < -1 || vote >= classNames.length) throw bad(`the vote ${vote} is no class of label.json and not -1.`, `lf${j}`)
      columns[j]?.push(vote)
    }
    seen.add(id)
    ids.push(id)
    truth.push(example.label)
  }
  return { votes: voteMatrix(columns.map((_, j) => `lf${j}`), columns, classNames.length), ids, truth: Int32Array.from(truth), classNames }
}

/**
 * What stands under `data` of the examples of a WRENCH file, in their order; an empty object where there is nothing.
 *
 * @throws BenchError as `readWrench`
 */
export async function* wrenchData(path: string): AsyncGenerator<{ readonly id: string; readonly data: Readonly<Record<string, unknown>> }> {
  let row = 0
  for await (const text of entriesOf(path)) {
    const { id, data } = parseEntry(text, basename(path), ++row)
    yield { id, data }
  }
}

export interface WrenchContent {
  readonly votes: VoteMatrix
  /** Left out: 0, 1, 2, ... */
  readonly ids?: readonly string[]
  /** Left out: -1. */
  readonly truth?: ArrayLike<number>
  /** Left out: the class positions. */
  readonly classNames?: readonly string[]
  /** What stands under `data` of a row, e.g. `{ text: '...' }`; left out: nothing. */
  readonly data?: (row: number) => unknown
}

/**
 * Writes a WRENCH file and `label.json` beside it. The files of one folder share it, so one that names other classes is left as it is.
 *
 * @param written told now and then how many rows are written; may wait, or throw to give up
 * @throws BenchError `conflict` where `label.json` is there and names other classes
 */
export async function writeWrench(path: string, { votes: { rows, names, classes, votes }, ids, truth, classNames, data }: WrenchContent, written?: (rows: number) => Promise<void>): Promise<void> {
  const labels = Object.fromEntries(Array.from({ length: classes }, (_, c) => [String(c), classNames?.[c] ?? String(c)]))
  const labelPath = join(dirname(path), 'label.json')
  const hasLabels = await holdsLabels(labelPath, labels)
  const example = (i: number): object => ({ label: truth?.[i] ?? -1, weak_labels: names.map((_, j) => votes[j * rows + i]), data: data?.(i) ?? {} })
  await writeLines(path, '{', rows + 1, (i) => (i === rows ? '}' : `${JSON.stringify(ids?.[i] ?? String(i))}: ${JSON.stringify(example(i))}${i < rows - 1 ? ',' : ''}`), written)
  if (!hasLabels) await writeLines(labelPath, JSON.stringify(labels), 0, () => '')
}

/** Whether the file is there with these labels; throws `conflict` where it holds others. */
async function holdsLabels(path: string, labels: Readonly<Record<string, string>>): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return false
  const held = v.safeParse(v.record(v.string(), v.string()), parsedOrNull(text))
  const size = Object.keys(labels).length
  if (held.success && Object.keys(held.output).length === size && Object.entries(labels).every(([position, name]) => held.output[position] === name)) return true
  throw new BenchError('conflict', `${path} is there already and names other classes.`, { field: 'path', hint: 'Choose an empty folder: the files of one folder share one label.json.' })
}

async function readClassNames(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error)
  })
  const parsed = v.safeParse(v.record(v.string(), v.string()), parsedOrNull(text))
  const names = parsed.success ? Object.keys(parsed.output).map((_, position) => parsed.output[String(position)]) : []
  if (names.length >= 2 && names.every((name) => name !== undefined)) return names
  throw new BenchError('bad-data', `${basename(path)} does not map the positions 0, 1, ... of two or more classes to their names.`, { field: basename(path), hint: 'Write it as {"0": "first class", "1": "second class"}.' })
}

/** The entries of the object that a file holds, as text, one at a time. */
async function* entriesOf(path: string): AsyncGenerator<string> {
  const name = basename(path)
  const bad = (message: string): BenchError => new BenchError('bad-data', `${name}: ${message}`, { field: name, hint: 'The file must be one JSON object {id: {label, weak_labels, data}}.' })
  let text = ''
  let at = 0
  let start = 0
  let depth = 0
  let inString = false
  let ended = false
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 2 ** 20 }) as AsyncIterable<string>
  try {
    for await (const piece of stream) {
      text = text.slice(start) + piece
      at -= start
      start = 0
      for (; at < text.length; at++) {
        const character = text[at] as string
        if (inString) {
          if (character === '\\') at++
          else if (character === '"') inString = false
        } else if (depth === 0) {
          if (character.trim() === '' || character === '\uFEFF') continue
          if (ended || character !== '{') throw bad(ended ? 'more stands after the end of the object.' : 'it does not begin with {.')
          depth = 1
          start = at + 1
        } else if (character === '"') inString = true
        else if (character === '{' || character === '[') depth++
        else if (depth > 1 && (character === '}' || character === ']')) depth--
        else if (depth === 1 && (character === ',' || character === '}')) {
          const entry = text.slice(start, at)
          start = at + 1
          if (entry.trim() !== '') yield entry
          if (character === ',') continue
          depth = 0
          ended = true
        }
      }
      if (depth > 0 && text.length - start > longestExample) throw bad(`an example is longer than ${longestExample} characters.`)
      if (depth === 0) start = text.length
    }
  } catch (error) {
    if (error instanceof BenchError) throw error
    throw unreadable(path, error)
  }
  if (!ended) throw bad('it ends inside the object.')
}

interface Entry {
  readonly id: string
  readonly example: v.InferOutput<typeof Example>
  readonly data: Readonly<Record<string, unknown>>
}

function parseEntry(text: string, file: string, row: number): Entry {
  const [entry] = Object.entries((parsedOrNull(`{${text}}`) ?? {}) as Record<string, unknown>)
  const example = v.safeParse(Example, entry?.[1])
  if (entry !== undefined && example.success) {
    const { data } = example.output
    return { id: entry[0], example: example.output, data: typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Readonly<Record<string, unknown>>) : {} }
  }
  const message = `${file}, example ${row}: it is not "id": {"label": whole number, "weak_labels": [whole numbers]}.`
  throw new BenchError('bad-data', message, { field: `row ${row}, column weak_labels`, hint: 'Every example needs a label and one vote a function.' })
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
