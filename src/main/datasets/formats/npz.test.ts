import { deflateRawSync } from 'node:zlib'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fuzz, inFolder, memoryFile, readWhole } from './fuzzing.ts'
import { npyHeaderBytes, npyNumberBytes, textWidth } from './npy-writer.ts'
import { npzChunks, type NpzWriteArray } from './npz-writer.ts'
import { npzSource, openNpz } from './npz.ts'
import { zipLimits } from './zip-archive.ts'

async function npz(arrays: readonly NpzWriteArray[], deflate = true): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of npzChunks(arrays, { deflate })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const floats = (name: string, shape: readonly number[], start = 0): NpzWriteArray => ({
  name, type: 'float32', shape, parts: () => [Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) => start + index)]
})
const texts = (name: string, values: readonly string[]): NpzWriteArray => ({ name, type: { text: textWidth(values) }, shape: [values.length], parts: () => [values] })

interface RawEntry {
  readonly name: string
  readonly data: Uint8Array
  readonly size: number
  readonly crc: number
}

/** A zip archive made by hand: deflated entries whose directory may lie. */
function zip(entries: readonly RawEntry[]): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data, size, crc } of entries) {
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc, 10)
    fields.writeUInt32LE(data.length, 14)
    fields.writeUInt32LE(size, 18)
    fields.writeUInt16LE(name.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, tail, Buffer.from(name)]))
    parts.push(Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), data]))
    offset += parts.at(-1)?.length ?? 0
  }
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(Buffer.concat(directory).length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06', 'latin1'), end])
}

const open = (bytes: Uint8Array): ReturnType<typeof npzSource> => npzSource(memoryFile('a.npz', bytes))

describe('columns', () => {
  test('arrays of as many rows as most have; the others are named', async () => {
    const bytes = await npz([floats('X_train', [4, 2]), floats('y_train', [4], 10), floats('X_test', [2, 2]), floats('y_test', [2]), texts('names', ['a', 'bé', '', '😀'])])
    const source = await open(bytes)
    expect(source.columns).toEqual([
      { name: 'X_train', type: 'array', shape: [2], dtype: 'float32' },
      { name: 'y_train', type: 'number' },
      { name: 'names', type: 'text' }
    ])
    expect(source.rows).toBe(4)
    expect(source.warnings).toEqual(['The array "X_test" has 2 rows, not 4, and is left out.', 'The array "y_test" has 2 rows, not 4, and is left out.'])
    expect((await readWhole(source)).values).toEqual({ X_train: [0, 1, 2, 3, 4, 5, 6, 7], y_train: [10, 11, 12, 13], names: ['a', 'bé', '', '😀'] })
  })

  test('the same arrays give the same bytes, stored or deflated, and read from disk', async () => {
    const arrays = [floats('X', [300, 100]), floats('y', [300])]
    const [deflated, again, stored] = [await npz(arrays), await npz(arrays), await npz(arrays, false)]
    expect(Buffer.compare(deflated, again)).toBe(0)
    expect(deflated.length).toBeLessThan(stored.length)
    const fromMemory = await readWhole(await open(deflated))
    expect(await readWhole(await open(stored))).toEqual(fromMemory)
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'x.npz'), deflated)
      expect(await readWhole(await openNpz(join(folder, 'x.npz')))).toEqual(fromMemory)
    })
  })

  test('every pass starts at the first row', async () => {
    const source = await open(await npz([floats('y', [3])]))
    for (let pass = 0; pass < 2; pass++) {
      for await (const batch of source.batches()) expect(batch.columns[0]?.values).toEqual(Float64Array.of(0, 1, 2))
    }
  })

  test('round trip of many arrays', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 50 }), fc.boolean(), async (values, deflate) => {
      const bytes = await npz([
        { name: 'a', type: 'float64', shape: [values.length], parts: () => [Float64Array.from(values)] },
        { name: 'b', type: 'uint8', shape: [values.length, 1], parts: () => [Uint8Array.from(values, (_, index) => index)] }
      ], deflate)
      expect((await readWhole(await open(bytes))).values).toEqual({ a: values, b: values.map((_, index) => index) })
    }), { numRuns: 30, seed: 2 })
  })
})

describe('hostile archives', () => {
  const honest = Buffer.concat([npyHeaderBytes('float32', [4]), npyNumberBytes(Float32Array.of(1, 2, 3, 4))])
  const entry = (data: Uint8Array, over: Partial<RawEntry> = {}): RawEntry => ({ name: 'a.npy', data: deflateRawSync(data), size: data.length, crc: 0, ...over })
  const refuses = async (bytes: Uint8Array, sentence: string): Promise<void> => {
    await expect(open(bytes).then(readWhole)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining(sentence) as string })
  }

  test('a bomb is refused by its directory before it is inflated', async () => {
    await refuses(zip([entry(honest, { size: 0xfffffff0 })]), 'zip bomb')
  })

  test('an entry that inflates to more or less than claimed', async () => {
    const zeros = deflateRawSync(Buffer.concat([honest, Buffer.alloc(50_000_000)]))
    await refuses(zip([entry(honest, { data: zeros })]), 'inflates to more than')
    const header = npyHeaderBytes('float32', [40])
    await refuses(zip([entry(Buffer.concat([header, Buffer.alloc(160)]), { data: deflateRawSync(Buffer.concat([header, Buffer.alloc(16)])) })]), `inflates to ${header.length + 16} bytes, the archive claims ${header.length + 160}`)
  })

  test('a wrong checksum', async () => {
    await refuses(zip([entry(honest)]), 'wrong checksum')
  })

  test('too many entries, or too much together', async () => {
    await refuses(zip(Array.from({ length: zipLimits.entries + 1 }, () => entry(honest))), 'entries')
    await expect(npzSource(memoryFile('a.npz', await npz([floats('X', [100])])), { limits: { ...zipLimits, inflatedBytes: 500 } })).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining('would inflate to 528 bytes') as string })
  })

  test('entries of which each is honest and all together are a bomb', async () => {
    const zeros = await npz(Array.from({ length: 4 }, (_, index) => ({ name: `x${index}`, type: 'float32' as const, shape: [500], parts: () => [new Float32Array(500)] })))
    const limits = { ...zipLimits, smallBytes: 4000, ratio: 4 }
    await expect(npzSource(memoryFile('a.npz', zeros), { limits })).rejects.toMatchObject({ code: 'bad-data', message: expect.stringMatching(/the archive would grow from \d+ to 8512 bytes, as only a zip bomb does/) as string })
    await expect(npzSource(memoryFile('a.npz', zeros), { limits: { ...limits, smallBytes: 9000 } })).resolves.toMatchObject({ rows: 500 })
  })

  test('names that would leave a folder, and no arrays at all', async () => {
    await refuses(zip([entry(honest, { name: '../../etc/passwd.npy' })]), 'directory is damaged')
    await refuses(zip([entry(honest, { name: 'readme.txt' })]), 'no array with rows')
    await refuses(zip([]), 'no array with rows')
    await refuses(Buffer.from('no zip at all'), 'no zip archive')
  })

  test('an array whose header claims more than its entry holds', async () => {
    const lying = Buffer.concat([npyHeaderBytes('float32', [4_000_000_000]), Buffer.alloc(16)])
    await refuses(zip([entry(lying)]), 'claims 4000000000 elements')
  })
})

test('damaged archives give rows or bad-data, never anything else', async () => {
  const bytes = await npz([floats('X', [20, 3]), texts('names', Array.from({ length: 20 }, (_, index) => `name ${index}`))])
  const stored = await npz([floats('X', [20, 3])], false)
  const outcomes = [await fuzz(bytes, 'a.npz', npzSource, 1200), await fuzz(stored, 'a.npz', npzSource, 1200)]
  for (const { read, refused } of outcomes) {
    expect(read).toBeGreaterThan(15)
    expect(refused).toBeGreaterThan(500)
  }
})
