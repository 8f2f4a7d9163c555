import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fuzz, inFolder, memoryFile, readWhole } from './fuzzing.ts'
import { idxSource, openIdx } from './idx.ts'

function idx(type: number, shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header[2] = type
  header[3] = shape.length
  shape.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index))
  return Buffer.concat([header, data])
}

const pixels = Uint8Array.from({ length: 12 }, (_, index) => 20 * index)
const images = idx(8, [3, 2, 2], pixels)
const labels = idx(8, [3], Uint8Array.of(7, 0, 9))
const open = (...files: readonly Uint8Array[]): ReturnType<typeof idxSource> => idxSource(files.map((bytes, index) => memoryFile(index === 0 ? 'images' : 'labels', bytes)))

describe('images and labels', () => {
  const whole = { rowNumbers: [1, 2, 3], values: { image: Array.from(pixels), label: [7, 0, 9] }, rejected: [] }

  test.each([['plain', images, labels], ['gzipped', gzipSync(images), gzipSync(labels)], ['mixed', gzipSync(images), labels]])('%s', async (_, first, second) => {
    const source = await open(first, second)
    expect(source.columns).toEqual([{ name: 'image', type: 'array', shape: [2, 2], dtype: 'uint8' }, { name: 'label', type: 'number' }])
    expect(source.rows).toBe(3)
    expect(await readWhole(source)).toEqual(whole)
  })

  test('labels are found beside the images by name, or given, or left out', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'train-images-idx3-ubyte.gz')
      await writeFile(path, gzipSync(images))
      const alone = await openIdx(path)
      expect(alone.columns.map((column) => column.name)).toEqual(['image'])
      expect(alone.warnings).toHaveLength(1)
      await alone.close()
      await writeFile(join(folder, 'train-labels-idx1-ubyte'), labels)
      expect(await readWhole(await openIdx(path))).toEqual(whole)
      await writeFile(join(folder, 'mine'), labels)
      expect(await readWhole(await openIdx(path, { labels: join(folder, 'mine') }))).toEqual(whole)
      const without = await openIdx(path, { labels: null })
      expect(without.columns).toHaveLength(1)
      await without.close()
    })
  })

  test('every element type, big-endian', async () => {
    const read = async (type: number, data: Uint8Array): Promise<unknown> => (await readWhole(await open(idx(type, [1], data)))).values['value']
    expect(await read(0x09, Uint8Array.of(255))).toEqual([-1])
    expect(await read(0x0b, Uint8Array.of(255, 0))).toEqual([-256])
    expect(await read(0x0c, Uint8Array.of(0, 1, 0, 0))).toEqual([65536])
    expect(await read(0x0d, Uint8Array.of(0x3f, 0xc0, 0, 0))).toEqual([1.5])
    expect(await read(0x0e, Uint8Array.of(0xbf, 0xf0, 0, 0, 0, 0, 0, 0))).toEqual([-1])
    const source = await open(idx(0x0b, [1, 2], Uint8Array.of(0, 1, 0, 2)))
    expect(source.columns[0]).toEqual({ name: 'image', type: 'array', shape: [2], dtype: 'float32' })
    expect((await readWhole(source)).values['image']).toEqual([1, 2])
  })
})

describe('refusals', () => {
  const cases: readonly (readonly [string, readonly Uint8Array[], string])[] = [
    ['not two zeros', [Buffer.from('abcd')], 'does not begin with two zero bytes'],
    ['an unknown type', [idx(0x0a, [1], Uint8Array.of(1))], 'type 0xa'],
    ['no axes', [Uint8Array.of(0, 0, 8, 0)], 'claims 0 axes'],
    ['cut inside the header', [images.slice(0, 9)], 'ends inside its header'],
    ['cut inside the data', [images.slice(0, 20)], 'claims 3 x 2 x 2 elements (12 bytes), the file holds 4'],
    ['a huge claim', [idx(8, [0xffffffff, 28, 28], pixels)], 'claims 4294967295 x 28 x 28'],
    ['a huge row', [idx(8, [1, 0xffffffff], pixels)], 'a row of 4294967295'],
    ['gzip cut short', [gzipSync(images).subarray(0, 20)], 'gzip data is damaged'],
    ['gzip of fewer rows', [gzipSync(idx(8, [4, 2, 2], pixels))], 'claims 4 rows, the file ends inside row 4'],
    ['gzip of more rows', [gzipSync(idx(8, [2, 2, 2], pixels))], 'more than the 2 rows'],
    ['another number of labels', [images, idx(8, [2], Uint8Array.of(1, 2))], 'holds 3 rows, but labels holds 2 labels'],
    ['images as labels', [images, images], 'labels have one axis']
  ]
  test.each(cases)('%s', async (_, files, sentence) => {
    await expect(open(...files).then(readWhole)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining(sentence) as string })
  })
})

test('damaged files give rows or bad-data, never anything else', async () => {
  const source = (file: Parameters<typeof idxSource>[0][number]): ReturnType<typeof idxSource> => idxSource([file, memoryFile('labels', labels)])
  const plain = await fuzz(images, 'images', source, 1500)
  const gzipped = await fuzz(gzipSync(images), 'images', source, 1000)
  expect(plain.read).toBeGreaterThan(100)
  expect(plain.refused).toBeGreaterThan(500)
  expect(gzipped.refused).toBeGreaterThan(700)
})
