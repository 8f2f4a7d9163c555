import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchError } from '../../../shared/contract/errors.ts'
import { badData } from './bad-data.ts'
import type { BytesFile } from './bytes-file.ts'
import { batchRows, type ColumnValues, type RejectedRow, type SourceFile } from './source-file.ts'

/** Test support: whole sources, and files damaged at random from a seed. */
export interface WholeSource {
  readonly rowNumbers: readonly number[]
  /** Per column, by name: numbers and texts row by row, arrays flat. */
  readonly values: Readonly<Record<string, readonly (number | string | null)[]>>
  readonly rejected: readonly RejectedRow[]
}

/** Reads every batch of a source and closes it, checking what every reader promises of its batches. */
export async function readWhole(source: SourceFile): Promise<WholeSource> {
  const rowNumbers: number[] = []
  const rejected: RejectedRow[] = []
  const values = new Map<string, (number | string | null)[]>(source.columns.map((column) => [column.name, []]))
  let fraction = 0
  try {
    for await (const batch of source.batches()) {
      if (batch.rowNumbers.length > batchRows) throw new Error('A batch is too large.')
      if (batch.fraction < fraction || batch.fraction > 1) throw new Error('The fraction is not monotone.')
      if (batch.columns.length !== source.columns.length) throw new Error('A batch lacks columns.')
      fraction = batch.fraction
      for (const row of batch.rowNumbers) rowNumbers.push(row)
      rejected.push(...batch.rejected)
      batch.columns.forEach((column, index) => appendColumn(source, index, column, batch.rowNumbers.length, values))
    }
  } finally {
    await source.close()
  }
  return { rowNumbers, values: Object.fromEntries(values), rejected }
}

function appendColumn(source: SourceFile, index: number, column: ColumnValues, rows: number, values: Map<string, (number | string | null)[]>): void {
  const described = source.columns[index]
  if (described === undefined) throw new Error('A column is not described.')
  const elements = (described.shape ?? []).reduce((product, size) => product * size, 1)
  if (column.type !== described.type) throw new Error(`Column ${described.name} is ${column.type}, not ${described.type}.`)
  if (column.values.length !== rows * elements) throw new Error(`Column ${described.name} has ${column.values.length} values for ${rows} rows.`)
  const list = values.get(described.name)
  for (const value of column.values) list?.push(value)
}

/** Bytes in memory as a file, with the same promises as one on disk. */
export function memoryFile(name: string, bytes: Uint8Array): BytesFile {
  return {
    path: name,
    name,
    size: bytes.length,
    read(offset, length) {
      const fits = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= bytes.length
      return fits ? Promise.resolve(Uint8Array.from(bytes.subarray(offset, offset + length))) : Promise.reject(badData(name, 'the file ends before.'))
    },
    close: () => Promise.resolve()
  }
}

/** Runs a step with a folder of its own, removed afterwards. */
export async function inFolder<Result>(step: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'weakbench-formats-'))
  try {
    return await step(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Random = (below: number) => number

/** Mulberry32, a small seeded generator: the same seed damages in the same way. */
function seeded(seed: number): Random {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const mutations: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => changed(bytes, random(bytes.length), [(bytes[random(bytes.length)] ?? 0) ^ (1 << random(8))]),
  (bytes, random) => changed(bytes, random(bytes.length), [random(256)]),
  (bytes, random) => bytes.slice(0, random(bytes.length)),
  (bytes, random) => changed(bytes, random(bytes.length), [[0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0x40], [0x7f, 0xff, 0xff, 0xff], [0, 0, 0, 0]][random(5)] ?? []),
  (bytes, random) => changed(bytes, random(bytes.length), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, random(2) === 0 ? 0x7f : 0x0f]),
  (bytes, random) => spliced(bytes, random(bytes.length), 0, bytes.slice(...span(bytes, random))),
  (bytes, random) => spliced(bytes, random(bytes.length), 1 + random(40), new Uint8Array(0)),
  (bytes, random) => changed(bytes, random(bytes.length), [...bytes.slice(...span(bytes, random))])
]

function changed(bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes)
  values.forEach((value, index) => {
    if (at + index < copy.length) copy[at + index] = value
  })
  return copy
}

function spliced(bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)])
}

function span(bytes: Uint8Array, random: Random): [number, number] {
  const start = random(bytes.length)
  return [start, Math.min(bytes.length, start + 1 + random(64))]
}

/** A file damaged in one to three places; half of the damage falls on its first or last 200 bytes, where headers are. */
export function damaged(bytes: Uint8Array, seed: number): Uint8Array {
  const random = seeded(seed)
  let result = bytes
  for (let times = 1 + random(3); times > 0 && result.length > 0; times--) {
    const mutate = mutations[random(mutations.length)]
    const place = random(4)
    const edge = Math.min(200, result.length)
    if (mutate === undefined) continue
    if (place === 0) result = Buffer.concat([mutate(result.subarray(0, edge), random), result.subarray(edge)])
    else if (place === 1) result = Buffer.concat([result.subarray(0, result.length - edge), mutate(result.subarray(result.length - edge), random)])
    else result = mutate(result, random)
  }
  return result
}

export interface FuzzOutcome {
  readonly read: number
  readonly refused: number
}

/**
 * Opens and reads many damaged copies of a file. Anything but rows or a `bad-data` error fails with the seed; so does a case of more than
 * three seconds of this process's time; every 20th case is run twice and must end alike.
 */
export async function fuzz(bytes: Uint8Array, fileName: string, open: (file: BytesFile) => Promise<SourceFile>, cases: number): Promise<FuzzOutcome> {
  let read = 0
  for (let seed = 1; seed <= cases; seed++) {
    const file = memoryFile(fileName, damaged(bytes, seed))
    const started = process.cpuUsage()
    const outcome = await outcomeOf(file, open, seed)
    const { user, system } = process.cpuUsage(started)
    if (user + system > 3e6) throw new Error(`Seed ${seed} took ${(user + system) / 1e6} seconds.`)
    if (outcome.startsWith('{')) read++
    if (seed % 20 === 0 && (await outcomeOf(file, open, seed)) !== outcome) throw new Error(`Seed ${seed} does not end alike twice.`)
  }
  return { read, refused: cases - read }
}

async function outcomeOf(file: BytesFile, open: (file: BytesFile) => Promise<SourceFile>, seed: number): Promise<string> {
  try {
    return JSON.stringify(await readWhole(await open(file)))
  } catch (error) {
    if (error instanceof BenchError && error.code === 'bad-data') return error.message
    throw new Error(`Seed ${seed} throws something else.`, { cause: error })
  }
}
