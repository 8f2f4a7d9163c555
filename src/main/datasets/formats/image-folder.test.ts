import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import encodeJpeg, { init as startJpeg } from '@jsquash/jpeg/encode.js'
import encodeWebp, { init as startWebp } from '@jsquash/webp/encode.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { damaged, inFolder, readWhole } from './fuzzing.ts'
import { decodeImage } from './image-decoding.ts'
import { openImageFolder } from './image-folder.ts'
import { readImageHeader, UnreadableImage } from './image-header.ts'

/** A PNG made by hand: 8-bit RGB, no filters. */
function png(width: number, height: number, rgb: readonly number[], claimed = { width, height }): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(claimed.width, 0)
  header.writeUInt32BE(claimed.height, 4)
  header.set([8, 2], 8)
  const lines = Array.from({ length: height }, (_, row) => Uint8Array.of(0, ...rgb.slice(3 * width * row, 3 * width * (row + 1))))
  return Buffer.concat([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(lines))), chunk('IEND', new Uint8Array(0))])
}

const twoByTwo = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]
const load = createRequire(import.meta.url)
let jpeg: Uint8Array
let webp: Uint8Array

beforeAll(async () => {
  const binary = async (path: string): Promise<object> => ({ wasmBinary: Uint8Array.from(await readFile(load.resolve(path))).buffer })
  await startJpeg(await binary('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'))
  await startWebp(await binary('@jsquash/webp/codec/enc/webp_enc.wasm'))
  // Left half dark, right half bright, 48 wide and 32 high.
  const data = Uint8ClampedArray.from({ length: 48 * 32 * 4 }, (_, index) => (index % 4 === 3 ? 255 : Math.floor(index / 4) % 48 < 24 ? 40 : 200))
  const image = { data, width: 48, height: 32, colorSpace: 'srgb' } as ImageData
  jpeg = new Uint8Array(await encodeJpeg(image, { quality: 95 }))
  webp = new Uint8Array(await encodeWebp(image, { lossless: 1 }))
})

/** The JPEG with an EXIF orientation. */
function turned(orientation: number): Uint8Array {
  const exif = Buffer.from([0xff, 0xe1, 0, 34, ...Buffer.from('Exif\0\0MM\0*\0\0\0\x08', 'latin1'), 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0])
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])
}

describe('decoding', () => {
  test('PNG exactly, WebP exactly, JPEG closely', async () => {
    const small = await decodeImage(png(2, 2, twoByTwo))
    expect([small.width, small.height, ...small.rgba]).toEqual([2, 2, 255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255])
    const lossless = await decodeImage(webp)
    expect([lossless.width, lossless.height, lossless.rgba[0], lossless.rgba[4 * 47]]).toEqual([48, 32, 40, 200])
    const lossy = await decodeImage(jpeg)
    expect([lossy.width, lossy.height]).toEqual([48, 32])
    expect(Math.abs((lossy.rgba[0] ?? 0) - 40)).toBeLessThan(4)
    expect(Math.abs((lossy.rgba[4 * 47] ?? 0) - 200)).toBeLessThan(4)
  })

  test('JPEG is turned as EXIF says', async () => {
    // 6: turned clockwise by 90 degrees to be seen; what was left is on top.
    const upright = await decodeImage(turned(6))
    expect([upright.width, upright.height]).toEqual([32, 48])
    expect(upright.rgba[0]).toBeLessThan(60)
    expect(upright.rgba[4 * 32 * 47]).toBeGreaterThan(180)
    // 3: upside down.
    expect((await decodeImage(turned(3))).rgba[0]).toBeGreaterThan(180)
  })

  test('sizes are read and limited before decoding', async () => {
    expect(readImageHeader(jpeg)).toEqual({ kind: 'jpeg', width: 48, height: 32 })
    expect(readImageHeader(webp)).toEqual({ kind: 'webp', width: 48, height: 32 })
    await expect(decodeImage(png(2, 2, twoByTwo, { width: 100_000, height: 100_000 }))).rejects.toThrow('100000 x 100000 pixels')
    await expect(decodeImage(png(2, 2, twoByTwo, { width: 0, height: 2 }))).rejects.toThrow('no pixels')
  })

  test.each([
    ['empty', () => new Uint8Array(0), 'empty'],
    ['text', () => Buffer.from('not an image'), 'no PNG, JPEG or WebP'],
    ['PNG cut short', () => png(2, 2, twoByTwo).slice(0, 50), 'cut short'],
    ['PNG damaged', () => {
      const bytes = Uint8Array.from(png(2, 2, twoByTwo))
      bytes[45] = (bytes[45] ?? 0) ^ 1
      return bytes
    }, 'checksum'],
    ['PNG of fewer rows', () => png(2, 1, twoByTwo, { width: 2, height: 2 }), 'damaged or cut short'],
    ['JPEG cut short', () => jpeg.slice(0, jpeg.length - 40), 'cut short'],
    ['WebP cut short', () => webp.slice(0, webp.length - 4), 'cut short']
  ])('%s is refused', async (_, make, sentence) => {
    await expect(decodeImage(make())).rejects.toThrow(sentence)
  })

  test('decoding works on after failures, and damage never does worse than be refused', async () => {
    for (const original of [png(2, 2, twoByTwo), jpeg, webp]) {
      let refused = 0
      for (let seed = 1; seed <= 500; seed++) {
        const bytes = damaged(original, seed)
        const outcome = await decodeImage(bytes).catch((error: unknown) => error)
        if (outcome instanceof Error) {
          if (!(outcome instanceof UnreadableImage)) throw new Error(`Seed ${seed}`, { cause: outcome })
          refused++
        }
      }
      expect(refused).toBeGreaterThan(100)
      expect((await decodeImage(original)).width).toBeGreaterThan(0)
    }
  })
})

describe('folders', () => {
  test('a folder for each class, in name order, with what cannot be read', async () => {
    await inFolder(async (folder) => {
      for (const name of ['b', 'a', 'a/deep', '.git']) await mkdir(join(folder, name))
      await writeFile(join(folder, 'a', '2.png'), png(2, 2, twoByTwo))
      await writeFile(join(folder, 'a', '10.png'), png(2, 2, twoByTwo.map((value) => 255 - value)))
      await writeFile(join(folder, 'a', 'deep', 'x.jpeg'), jpeg)
      await writeFile(join(folder, 'b', 'broken.webp'), webp.slice(0, 30))
      await writeFile(join(folder, 'b', 'fine.webp'), webp)
      await writeFile(join(folder, 'b', 'text.jpg'), 'no image')
      await writeFile(join(folder, 'b', 'movie.gif'), 'GIF89a')
      await writeFile(join(folder, 'readme.txt'), 'hello')
      await writeFile(join(folder, '.git', 'x.png'), png(2, 2, twoByTwo))
      await symlink('/etc/hostname', join(folder, 'b', 'out.png'))
      await symlink('../a/2.png', join(folder, 'b', 'within.png'))
      await symlink('nowhere', join(folder, 'b', 'zz.png'))
      const source = await openImageFolder(folder, { size: { height: 2, width: 2 } })
      expect(source.columns).toEqual([{ name: 'image', type: 'array', shape: [2, 2, 3], dtype: 'uint8' }, { name: 'label', type: 'text' }, { name: 'path', type: 'text' }])
      expect(source.rows).toBe(9)
      expect(source.warnings).toEqual(['1 images of kinds that cannot be read are left out, e.g. b/movie.gif.', '1 files that are no images are left out.'])
      const whole = await readWhole(source)
      expect(whole.values['path']).toEqual(['a/10.png', 'a/2.png', 'a/deep/x.jpeg', 'b/fine.webp', 'b/within.png'])
      expect(whole.values['label']).toEqual(['a', 'a', 'a', 'b', 'b'])
      expect(whole.values['image']?.slice(0, 24)).toEqual([...twoByTwo.map((value) => 255 - value), ...twoByTwo])
      expect(whole.values['image']?.slice(36, 48)).toEqual([40, 40, 40, 200, 200, 200, 40, 40, 40, 200, 200, 200])
      expect(whole.rejected.map((each) => [each.row, each.excerpt, each.reason])).toEqual([
        [4, 'b/broken.webp', 'The image is cut short.'],
        [6, 'b/out.png', 'The link leads out of the folder.'],
        [7, 'b/text.jpg', 'The file is no PNG, JPEG or WebP image.'],
        [9, 'b/zz.png', 'The link leads nowhere.']
      ])
    })
  })

  test('a flat folder has no labels; the size is the first image\'s', async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, '0.png'), 'broken')
      await writeFile(join(folder, '1.png'), png(2, 2, twoByTwo))
      await writeFile(join(folder, '2.webp'), webp)
      const source = await openImageFolder(folder, { colour: 'grey' })
      expect(source.columns).toEqual([{ name: 'image', type: 'array', shape: [2, 2], dtype: 'uint8' }, { name: 'path', type: 'text' }])
      const whole = await readWhole(source)
      expect(whole.rowNumbers).toEqual([2, 3])
      expect(whole.values['image']).toEqual([76, 150, 29, 255, 40, 200, 40, 200])
    })
  })

  test('refusals and cancelling', async () => {
    await inFolder(async (folder) => {
      await expect(openImageFolder(folder)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining('holds no PNG') as string })
      await expect(openImageFolder(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'bad-data' })
      await writeFile(join(folder, 'x.png'), 'broken')
      await expect(openImageFolder(folder)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining('none of the 1 images') as string })
      await expect(openImageFolder(folder, { size: { height: 100_000, width: 100_000 } })).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining('cannot be held') as string })
      const source = await openImageFolder(folder, { size: { height: 1, width: 1 } })
      await expect(source.batches(AbortSignal.abort())[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'cancelled' })
    })
  })
})
