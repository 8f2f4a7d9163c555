import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { diskFull, SetupError } from './failures.mjs'

/**
 * The members of a ZIP archive by its central directory: `[{ name, method, crc, packed, bytes, offset }]`.
 * Wheels are plain archives: no encryption, one disk, below 4 GiB; anything else is refused.
 */
export async function readDirectory(path) {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const tail = await slice(file, Math.max(0, size - 65_557), size)
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
    if (end < 0 || end + 22 > tail.length) throw damaged(path, 'it has no directory')
    const [count, bytes, start] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)]
    if (start === 0xffffffff || start + bytes > size) throw damaged(path, 'its directory lies outside')
    return parseDirectory(await slice(file, start, start + bytes), count, path)
  } finally {
    await file.close()
  }
}

function parseDirectory(data, count, path) {
  const members = []
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 46 > data.length || data.readUInt32LE(at) !== 0x02014b50) throw damaged(path, 'its directory is cut short')
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => data.readUInt16LE(at + field))
    members.push({
      name: data.toString('utf8', at + 46, at + 46 + nameLength),
      method: data.readUInt16LE(at + 10),
      crc: data.readUInt32LE(at + 16),
      packed: data.readUInt32LE(at + 20),
      bytes: data.readUInt32LE(at + 24),
      offset: data.readUInt32LE(at + 42)
    })
    at += 46 + nameLength + extraLength + commentLength
  }
  return members
}

/**
 * Extracts one member to a path, whole or not at all: it is written aside, never beyond the size its directory states,
 * checked against its CRC-32 and then moved. A file of that size that is there already is kept.
 *
 * @param onBytes called with the number of bytes of each piece written
 */
export async function extract(path, member, target, onBytes = () => {}) {
  if (statSync(target, { throwIfNoEntry: false })?.size === member.bytes) return onBytes(member.bytes)
  mkdirSync(dirname(target), { recursive: true })
  const aside = `${target}.part`
  try {
    await pipeline(await memberStream(path, member), ...decoder(path, member), guard(path, member, onBytes), createWriteStream(aside))
  } catch (error) {
    rmSync(aside, { force: true })
    throw /^Z_|^ERR_ZLIB/.test(error.code ?? '') ? damaged(path, `${member.name} cannot be unpacked`) : diskFull(error, target)
  }
  renameSync(aside, target)
}

/** The text of a member of at most a megabyte. */
export async function readText(path, member) {
  if (member.bytes > 1 << 20) throw damaged(path, `${member.name} is too large`)
  const pieces = []
  const keep = new Transform({ transform: (chunk, _encoding, next) => (pieces.push(chunk), next()) })
  await pipeline(await memberStream(path, member), ...decoder(path, member), guard(path, member, () => {}), keep)
  return Buffer.concat(pieces).toString('utf8')
}

async function memberStream(path, { name, packed, offset }) {
  const file = await open(path)
  try {
    const header = await slice(file, offset, offset + 30)
    if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) throw damaged(path, `${name} is not where its directory says`)
    const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
    return packed === 0 ? Readable.from([]) : createReadStream(path, { start, end: start + packed - 1, highWaterMark: 1 << 18 })
  } finally {
    await file.close()
  }
}

function decoder(path, { name, method }) {
  if (method === 0) return []
  if (method === 8) return [createInflateRaw({ chunkSize: 1 << 18 })]
  throw damaged(path, `${name} is packed in an unknown way`)
}

/** Lets through exactly the bytes that the directory states, in number and CRC-32. */
function guard(path, { name, bytes, crc }, onBytes) {
  let [seen, sum] = [0, 0]
  return new Transform({
    transform(chunk, _encoding, next) {
      seen += chunk.length
      if (seen > bytes) return next(damaged(path, `${name} is larger than it states`))
      sum = crc32(chunk, sum)
      onBytes(chunk.length)
      next(null, chunk)
    },
    flush: (done) => done(seen === bytes && sum === crc ? null : damaged(path, `${name} fails its checksum`))
  })
}

async function slice(file, from, to) {
  const data = Buffer.alloc(to - from)
  const { bytesRead } = await file.read(data, 0, data.length, from)
  return data.subarray(0, bytesRead)
}

const damaged = (path, why) => new SetupError(`The archive ${path} is damaged: ${why}.`, 'Delete it and run the same command again.')
