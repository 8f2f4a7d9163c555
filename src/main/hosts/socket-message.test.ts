import { describe, expect, it } from 'vitest'
import { encodeBinary } from '../../shared/contract/binary.ts'
import { readFrame } from './socket-message.ts'

const read = (value: unknown) => readFrame(encodeBinary(value))

describe('a frame', () => {
  it('is read from a Buffer that shares its memory with others, as the socket hands it over', () => {
    const input = { rows: Int32Array.of(1, 2), pixels: Uint8Array.of(3) }
    const message = encodeBinary({ type: 'call', id: 1, procedure: 'app.info', input })
    const shared = Buffer.concat([Buffer.alloc(3), message, Buffer.alloc(5)]).subarray(3, 3 + message.length)
    expect(readFrame(shared)).toEqual({ kind: 'message', message: { type: 'call', id: 1, procedure: 'app.info', input } })
  })

  it('may leave the input out', () => {
    expect(read({ type: 'call', id: 0, procedure: 'app.info' })).toEqual({ kind: 'message', message: { type: 'call', id: 0, procedure: 'app.info', input: undefined } })
    expect(read({ type: 'cancel', id: 7 })).toEqual({ kind: 'message', message: { type: 'cancel', id: 7 } })
  })

  it.each([
    [{ type: 'call', id: 1 }, 'procedure'],
    [{ type: 'call', id: 1, procedure: ['app.info'] }, 'procedure'],
    [{ type: 'reply', id: 1 }, 'type'],
    [{ type: 'call', id: 1, procedure: 'app.info', extra: 1 }, 'extra']
  ])('that names its call but is flawed is answered: %j', (value, field) => {
    expect(read(value)).toMatchObject({ kind: 'flawed', id: 1, error: { code: 'invalid-input', field } })
  })

  it.each([null, 1, 'call', [], {}, { type: 'call', id: -1 }, { type: 'call', id: 0.5 }, { type: 'cancel', id: '1' }])('that names no call breaks the protocol: %j', (value) => {
    expect(read(value)).toMatchObject({ kind: 'broken', code: 1008 })
  })

  it('of nested arrays that each claim as much as the message holds is refused without allocating them', () => {
    const head = [0xdd, 0x00, 0x10, 0x00, 0x00]
    const bomb = Uint8Array.from({ length: 1 << 20 }, (_, index) => head[index % head.length] ?? 0)
    const before = process.memoryUsage().heapUsed
    expect(readFrame(bomb)).toMatchObject({ kind: 'broken', code: 1003 })
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 << 20)
  })
})
