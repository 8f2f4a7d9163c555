import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from '../../../shared/contract/errors.ts'
import { inFolder } from './fuzzing.ts'
import { readRows, type ReadRows } from './source-rows.ts'
import type { SourceFile } from './source-file.ts'

/** Test support: text files damaged at random from a seed, as editors, crashes and careless programs damage them. */
export interface TextFuzzOutcome {
  readonly read: number
  readonly refused: number
  readonly rejectedRows: number
}

const inserted = ['"', '\'', '""', '"\n', ',', '\t', ';', '\n', '\r', '\r\n', '\0', '\ufeff', '{', '}', '[', ']', '\\', '\\u', 'é', '😀', '1e999', '-', '__proto__']
const bytesInserted: readonly Uint8Array[] = [
  ...inserted.map((text) => Buffer.from(text)), Buffer.from([0xe9]), Buffer.from([0xff, 0xfe]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xf0, 0x9f])
]

type Random = (below: number) => number

function seeded(seed: number): Random {
  let state = (seed * 2654435761 + 97) >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length + 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  const span = 1 + random(30)
  switch (random(6)) {
    case 0: return before
    case 1: return Buffer.concat([before, bytesInserted[random(bytesInserted.length)] ?? before, after])
    case 2: return Buffer.concat([before, after.subarray(span)])
    case 3: return Buffer.concat([before, bytes.subarray(random(bytes.length)).subarray(0, span), after])
    case 4: return Buffer.concat([before, Uint8Array.of(random(256)), after.subarray(1)])
    default: return Buffer.concat([before, Uint8Array.of((after[0] ?? 0) ^ (1 << random(8))), after.subarray(1)])
  }
}

/** A copy of a file damaged in one to four places. */
export function damagedText(bytes: Uint8Array, seed: number): Uint8Array {
  const random = seeded(seed)
  let result = bytes
  for (let times = 1 + random(4); times > 0; times -= 1) result = mutated(result, random)
  return result
}

/**
 * Reads many damaged copies of a file. Fails, naming the seed, on anything but rows or a `bad-data` error, on a row number
 * that comes twice or is left out, on more than three seconds, and on two readings that differ.
 */
export async function fuzzText(bytes: Uint8Array, open: (path: string) => Promise<SourceFile>, cases: number): Promise<TextFuzzOutcome> {
  return inFolder(async (folder) => {
    const path = join(folder, 'damaged')
    let read = 0
    let rejectedRows = 0
    for (let seed = 1; seed <= cases; seed += 1) {
      writeFileSync(path, damagedText(bytes, seed))
      const started = performance.now()
      const outcome = await outcomeOf(path, open, seed)
      if (performance.now() - started > 3000) throw new Error(`Seed ${seed} took ${performance.now() - started} ms.`)
      if (seed % 10 === 0 && JSON.stringify(await outcomeOf(path, open, seed)) !== JSON.stringify(outcome)) throw new Error(`Seed ${seed} does not end alike twice.`)
      if (typeof outcome === 'string') continue
      read += 1
      rejectedRows += outcome.rejected.length
      checkNumbers(outcome, seed)
    }
    return { read, refused: cases - read, rejectedRows }
  })
}

async function outcomeOf(path: string, open: (path: string) => Promise<SourceFile>, seed: number): Promise<ReadRows | string> {
  try {
    return await readRows(await open(path))
  } catch (error) {
    if (error instanceof BenchError && error.code === 'bad-data') return error.message
    throw new Error(`Seed ${seed} throws something else.`, { cause: error })
  }
}

/** Every row is either delivered or rejected, once. */
function checkNumbers({ rowNumbers, rejected }: ReadRows, seed: number): void {
  const all = [...rowNumbers, ...rejected.map((row) => row.row)].sort((left, right) => left - right)
  all.forEach((row, index) => {
    if (row !== index + 1) throw new Error(`Seed ${seed}: row ${index + 1} is neither delivered nor rejected, or twice.`)
  })
}
