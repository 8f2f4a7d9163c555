import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromNvidia, fromTensorflow } from './contents.mjs'
import { extract, readDirectory, readText } from './zip.mjs'

let folder, archive
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weakbench-zip-'))
  archive = join(folder, 'a.whl')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A ZIP archive of `[name, text, { method, bytes, crc }]`, in which the directory may lie about a member. */
function zip(members) {
  const [bodies, entries] = [[], []]
  let offset = 0
  for (const [name, text, { method = 8, bytes, crc } = {}] of members) {
    const data = Buffer.from(text)
    const packed = method === 8 ? deflateRawSync(data) : data
    const fields = Buffer.alloc(46)
    fields.writeUInt32LE(0x02014b50, 0)
    fields.writeUInt16LE(method, 10)
    fields.writeUInt32LE(crc ?? crc32(data), 16)
    fields.writeUInt32LE(packed.length, 20)
    fields.writeUInt32LE(bytes ?? data.length, 24)
    fields.writeUInt16LE(Buffer.byteLength(name), 28)
    fields.writeUInt32LE(offset, 42)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(Buffer.byteLength(name), 26)
    const body = Buffer.concat([local, Buffer.from(name), packed])
    bodies.push(body)
    entries.push(Buffer.concat([fields, Buffer.from(name)]))
    offset += body.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, directory, end])
}

const target = (name = 'out/member') => join(folder, name)
async function extractFirst(members) {
  writeFileSync(archive, zip(members))
  const [member] = await readDirectory(archive)
  await extract(archive, member, target())
}

describe('archives', () => {
  it('give up selected members, packed or stored, and leave nothing half-written', async () => {
    const long = 'abc'.repeat(100_000)
    writeFileSync(archive, zip([['a', long], ['b', 'stored', { method: 0 }], ['empty', '', { method: 0 }]]))
    const members = await readDirectory(archive)
    expect(members.map(({ name, bytes }) => [name, bytes])).toEqual([['a', 300_000], ['b', 6], ['empty', 0]])
    let seen = 0
    for (const member of members) await extract(archive, member, target(member.name), (bytes) => (seen += bytes))
    expect([seen, readFileSync(target('a'), 'utf8') === long, readFileSync(target('b'), 'utf8'), statSync(target('empty')).size]).toEqual([300_006, true, 'stored', 0])
    expect(await readText(archive, members[1])).toBe('stored')
    expect(readdirSync(folder).sort()).toEqual(['a', 'a.whl', 'b', 'empty'])
  })

  it('keep a member that is there in full and replace one that is not', async () => {
    await extractFirst([['a', 'new']])
    writeFileSync(target(), 'old')
    await extractFirst([['a', 'new']])
    expect(readFileSync(target(), 'utf8')).toBe('old')
    writeFileSync(target(), 'cut s')
    writeFileSync(`${target()}.part`, 'left over')
    await extractFirst([['a', 'new']])
    expect(readFileSync(target(), 'utf8')).toBe('new')
  })

  it.each([
    ['is larger than it states', [['a', 'x'.repeat(5_000_000), { bytes: 1000 }]], /larger than it states/],
    ['is smaller than it states', [['a', 'x', { bytes: 1000 }]], /checksum/],
    ['fails its checksum', [['a', 'x', { crc: 1 }]], /checksum/],
    ['is packed in another way', [['a', 'x', { method: 12 }]], /unknown way/]
  ])('refuse a member that %s', async (_name, members, why) => {
    await expect(extractFirst(members)).rejects.toMatchObject({ message: expect.stringMatching(why), remedy: expect.stringContaining('Delete it') })
    expect([existsSync(target()), existsSync(`${target()}.part`)]).toEqual([false, false])
  })

  it('that are cut short or damaged are refused', async () => {
    const whole = zip([['a', 'x'.repeat(1000)], ['b', 'y']])
    writeFileSync(archive, whole.subarray(0, whole.length - 30))
    await expect(readDirectory(archive)).rejects.toThrow('no directory')
    writeFileSync(archive, '')
    await expect(readDirectory(archive)).rejects.toThrow('no directory')
    const broken = Buffer.from(whole)
    broken.fill(0xff, 31, 40)
    writeFileSync(archive, broken)
    const [member] = await readDirectory(archive)
    await expect(extract(archive, member, target())).rejects.toThrow(/damaged/)
  })
})

describe('of a wheel are taken', () => {
  it.each([
    ['tensorflow/libtensorflow_cc.so.2', 'lib/libtensorflow_cc.so.2'],
    ['tensorflow/libtensorflow_framework.2.dylib', 'lib/libtensorflow_framework.2.dylib'],
    ['tensorflow/include/tensorflow/c/c_api.h', 'include/tensorflow/c/c_api.h'],
    ['tensorflow/include/xla/tsl/c/tsl_status.h', 'include/xla/tsl/c/tsl_status.h'],
    ['tensorflow/include/Eigen/Core', undefined],
    ['tensorflow/python/_pywrap_tfe.so', undefined],
    ['tensorflow/include/tensorflow/c/../../../../../etc/x.h', undefined],
    ['/tensorflow/libtensorflow_cc.so.2', undefined]
  ])('TensorFlow: %s -> %s', (name, place) => {
    expect(fromTensorflow(name)).toBe(place)
  })

  it.each([
    ['nvidia/cudnn/lib/libcudnn.so.9', true],
    ['nvidia/cuda_nvcc/bin/ptxas', true],
    ['nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc', true],
    ['nvidia/cudnn/include/cudnn.h', false],
    ['nvidia/cublas/lib/../../../../x.so', false],
    ['nvidia/__init__.py', false]
  ])('NVIDIA: %s: %s', (name, taken) => {
    expect(fromNvidia(name)).toBe(taken ? name : undefined)
  })
})
