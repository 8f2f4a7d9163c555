import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'
import { abstain, maximumClasses } from '../../shared/domain/weak-labels.ts'
import { cellEnd, cellsOf, type Line, linesOf } from './vote-lines.ts'
import { badVote, checkClasses, checkNames, type VoteMatrix, voteMatrix } from './vote-matrix.ts'

/** Votes read from a file. */
export interface VoteFile {
  readonly votes: VoteMatrix
  /** The examples' names from a leading id column; null without one. */
  readonly ids: readonly string[] | null
}

/** Names of a leading column that holds ids instead of votes; pandas leaves the name of its index empty. */
const idColumns = new Set(['', 'id', 'ids', 'index', 'idx', 'row', 'example', 'example_id', 'uid', 'key', 'unnamed: 0'])
/** Votes that a file may hold: what one array of them can. */
const mostVotes = 2 ** 30
const comma = 44
const delimiters = [comma, 9, 59]

/**
 * Reads a vote matrix from CSV (comma, tab or semicolon): a line a row, a column a function, whole numbers, -1 abstains. The first
 * line names the functions; where it holds votes itself, they are called lf0, lf1, ... A leading column called id, index, row
 * or the like holds names of the rows. Read a piece at a time; memory is that of the votes.
 *
 * @param classes how many classes there are; left out: one more than the highest vote, at least 2
 * @throws BenchError `bad-data` naming row (from 1, header not counted), line and column; `not-found` where there is no such file
 */
export async function readVotes(path: string, classes?: number): Promise<VoteFile> {
  if (classes !== undefined) checkClasses(classes)
  const table = await readTable(path, classes)
  const { rows } = table
  const width = table.names.length
  const columns = table.names.map((_, j) => Int16Array.from({ length: rows }, (_vote, i) => table.values[i * width + j] as number))
  return { votes: voteMatrix(table.names, columns, classes), ids: table.ids }
}

/**
 * Reads the classes of the rows from CSV: one column of whole numbers, -1 where unknown, with or without a name on the first line;
 * a leading id column is passed over.
 *
 * @throws BenchError as `readVotes`, and `bad-data` for a second column
 */
export async function readTruth(path: string, classes?: number): Promise<Int16Array> {
  const { names, values, rows } = await readTable(path, classes)
  if (names.length === 1) return values.slice(0, rows)
  throw new BenchError('bad-data', `${basename(path)} has ${names.length} columns; the truth is one.`, { field: 'row 1, column 2', hint: 'Give one class a line, -1 where it is unknown.' })
}

/**
 * Writes a vote matrix as `readVotes` reads it.
 *
 * @param written told now and then how many rows are written; may wait, or throw to give up
 */
export async function writeVotes(path: string, { rows, names, votes }: VoteMatrix, ids?: readonly string[], written?: (rows: number) => Promise<void>): Promise<void> {
  const head = [...(ids ? ['id'] : []), ...names].map(quoted).join(',')
  await writeLines(path, head, rows, (i) => {
    const cells = names.map((_, j) => String(votes[j * rows + i]))
    return (ids ? [quoted(ids[i] ?? ''), ...cells] : cells).join(',')
  }, written)
}

/** Writes soft labels: a line a row, columns p0, p1, ... with P(class) to six decimals. */
export async function writeProbabilities(path: string, { rows, classes, probabilities }: { readonly rows: number; readonly classes: number; readonly probabilities: Float32Array }): Promise<void> {
  const head = Array.from({ length: classes }, (_, c) => `p${c}`).join(',')
  await writeLines(path, head, rows, (i) => Array.from(probabilities.subarray(i * classes, (i + 1) * classes), (p) => String(Math.round(p * 1e6) / 1e6)).join(','))
}

interface Table {
  readonly names: readonly string[]
  readonly ids: readonly string[] | null
  readonly rows: number
  /** Row-major, at least rows x names long. */
  readonly values: Int16Array
}

async function readTable(path: string, classes: number | undefined): Promise<Table> {
  const name = basename(path)
  let layout: Layout | null = null
  let values = new Int16Array(1024)
  let rows = 0
  const ids: string[] = []
  for await (const line of linesOf(path)) {
    if (layout === null) {
      layout = layoutOf(line, classes)
      if (layout.headed) continue
    }
    const width = layout.names.length
    if ((rows + 1) * width > values.length) {
      if (values.length >= mostVotes) throw new BenchError('bad-data', `${name} holds more than ${mostVotes} votes.`, { field: `line ${line.number}`, hint: 'Split the file.' })
      const larger = new Int16Array(Math.max(2 * values.length, (rows + 1) * width))
      larger.set(values)
      values = larger
    }
    readRow(line, layout, classes ?? maximumClasses, values, rows++, ids, name)
  }
  if (layout === null || rows === 0) throw new BenchError('bad-data', `${name} holds no votes.`, { field: 'row 1, column 1', hint: 'Give a line with the names of the functions, then a line a row.' })
  return { names: layout.names, ids: layout.identified ? ids : null, rows, values }
}

interface Layout {
  readonly delimiter: number
  readonly names: readonly string[]
  readonly headed: boolean
  readonly identified: boolean
}

/** What the first line says of the file. */
function layoutOf({ bytes }: Line, classes: number | undefined): Layout {
  const delimiter = delimiters.find((byte) => bytes.includes(byte)) ?? comma
  const cells = cellsOf(bytes, delimiter)
  const whole = cells.every((cell) => /^[+-]?\d+$/.test(cell))
  // Names 0, 1, 2, ... are what pandas gives to columns without names; they count as such where they are too many to be votes.
  const counted = cells.every((cell, at) => cell === String(at)) && cells.length > (classes ?? 4)
  const headed = !whole || counted
  if (!headed) return { delimiter, names: cells.map((_, j) => `lf${j}`), headed, identified: false }
  const identified = cells.length > 1 && idColumns.has((cells[0] as string).toLowerCase())
  const names = identified ? cells.slice(1) : cells
  const nameless = names.indexOf('')
  if (nameless >= 0) throw new BenchError('bad-data', `Column ${nameless + (identified ? 2 : 1)} has no name.`, { field: `row 0, column ${nameless + 1}`, hint: 'Name every function on the first line.' })
  checkNames(names)
  return { delimiter, names, headed, identified }
}

function readRow({ bytes, number }: Line, { delimiter, names, identified }: Layout, classes: number, values: Int16Array, row: number, ids: string[], file: string): void {
  const width = names.length
  let start = 0
  if (identified) {
    const end = cellEnd(bytes, 0, delimiter)
    ids.push(cellsOf(bytes.subarray(0, end), delimiter)[0] ?? '')
    start = end + 1
  }
  const refuse = (column: number, reason: string, hint: string): never => {
    const where = names[column] ?? String(column + (identified ? 2 : 1))
    throw new BenchError('bad-data', `${file}, row ${row + 1} (line ${number}), column ${where}: ${reason}`, { field: `row ${row + 1}, column ${where}`, hint })
  }
  let j = 0
  for (; start <= bytes.length; j++) {
    const end = cellEnd(bytes, start, delimiter)
    if (j >= width) refuse(j, `there is no such column; the row has more cells than the ${width} of the first line.`, 'Give every row one cell a function.')
    const vote = wholeNumber(bytes, start, end)
    if (vote === null) refuse(j, `${excerpt(bytes, start, end)} is not a whole number.`, 'Votes are class positions counted from 0; -1 abstains.')
    else if (vote < abstain || vote >= classes) throw withFile(badVote(vote, classes, row + 1, names[j] ?? ''), file)
    else values[row * width + j] = vote
    start = end + 1
  }
  if (j < width) refuse(j, `the row ends before it, after ${j} of ${width} cells.`, 'Give every row one cell a function, -1 to abstain.')
}

const withFile = (error: BenchError, file: string): BenchError => BenchError.from({ ...error.payload, message: error.message.replace(/^Row/, `${file}, row`) })

/** A whole number of up to nine digits between blanks or double quotes; null for anything else. */
function wholeNumber(bytes: Buffer, start: number, end: number): number | null {
  while (start < end && isPadding(bytes[start])) start++
  while (end > start && isPadding(bytes[end - 1])) end--
  const sign = bytes[start] === 45 ? -1 : 1
  if (bytes[start] === 45 || bytes[start] === 43) start++
  if (start >= end || end - start > 9) return null
  let number = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 48
    if (digit < 0 || digit > 9) return null
    number = 10 * number + digit
  }
  return sign * number
}

const isPadding = (byte: number | undefined): boolean => byte === 32 || byte === 34

function excerpt(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, Math.min(end, start + 40))
  return text === '' ? 'An empty cell' : `"${text}${end > start + 40 ? '...' : ''}"`
}

const quoted = (text: string): string => (/[",;\t\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""').replaceAll(/[\r\n]+/g, ' ')}"` : text)

/** Writes a file beside the target and renames it, so that a file is whole or not there. */
export async function writeLines(path: string, head: string, rows: number, line: (row: number) => string, written?: (rows: number) => Promise<void>): Promise<void> {
  const unfinished = `${path}.${process.pid}.unfinished`
  const stream = createWriteStream(unfinished, { flags: 'wx' })
  // The listener keeps a failed write from ending the process; `once` below throws it.
  let failure: unknown = null
  stream.on('error', (error) => (failure = error))
  try {
    let text = `${head}\n`
    for (let i = 0; i < rows && failure === null; i++) {
      text += `${line(i)}\n`
      if (text.length < 2 ** 16) continue
      if (!stream.write(text)) await once(stream, 'drain')
      text = ''
      await written?.(i + 1)
    }
    stream.end(text)
    await once(stream, 'close')
    if (failure !== null) throw failure instanceof Error ? failure : new Error('The write failed.')
    await rename(unfinished, path)
  } catch (error) {
    stream.destroy()
    await rm(unfinished, { force: true })
    if (error instanceof BenchError) throw error
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new BenchError('invalid-input', `${path} cannot be written${reason}.`, { field: 'out', hint: 'Choose a folder that exists and that you may write to.' }, error)
  }
}
