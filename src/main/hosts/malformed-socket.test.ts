import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeBinary } from '../../shared/contract/binary.ts'
import { procedureNames } from '../../shared/contract/index.ts'
import { expectProperReply, malformedInput, unknownProcedure } from './testing/malformed-input.ts'
import { enter, SocketPeer } from './testing/socket-peer.ts'

/**
 * Malformed input at every procedure of the real core over the socket, and garbage in place of messages. The server is a
 * process of its own, so that "alive" means what it says.
 */
let server: ChildProcess
let access: { readonly origin: string; readonly cookie: string }
let peer: SocketPeer
let cases = 0

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weakbench-malformed-'))
  server = fork(join(import.meta.dirname, 'testing/core-server.ts'), [folder], { execArgv: [], cwd: folder, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [url] = (await once(server, 'message')) as [string]
  access = await enter(url)
  peer = await connect()
})
afterAll(async () => {
  server.kill('SIGTERM')
  const [code] = (await once(server, 'exit')) as [number | null]
  expect(code).toBe(0)
})

const connect = () => SocketPeer.connectAs(access.origin, access.cookie)

/** The peer, connected anew where the last case closed it. */
async function connected(): Promise<SocketPeer> {
  if (!peer.isOpen) peer = await connect()
  return peer
}

async function expectAlive(): Promise<void> {
  expect(server.exitCode).toBeNull()
  expect(await (await connected()).call('app.info')).toMatchObject({ ok: true, value: { host: 'node' } })
}

/** A call ends in a proper reply, or in a socket closed with a code that says whose fault it was. */
async function expectAnswer(procedure: unknown, input: unknown): Promise<void> {
  const current = await connected()
  cases++
  const reply = await current.call(procedure, input)
  if (reply) expectProperReply(reply, { procedure, input })
  else expect([1003, 1008]).toContain(current.closeCode)
}

describe('malformed input over the socket', () => {
  it.each(procedureNames)('%s answers it', async (procedure) => {
    await fc.assert(
      fc.asyncProperty(malformedInput(procedure), (input) => expectAnswer(procedure, input)),
      { numRuns: 22 }
    )
  })

  it('names that are no procedures are answered', async () => {
    await fc.assert(
      fc.asyncProperty(unknownProcedure, (name) => expectAnswer(name, {})),
      { numRuns: 60 }
    )
  })

  it('covered at least 1000 cases, and the process lives', async () => {
    expect(cases).toBeGreaterThanOrEqual(1000)
    await expectAlive()
  })
})

/** A right message with some of its bytes changed or its end cut off. */
const damaged = fc
  .tuple(fc.constantFrom(...procedureNames), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }), fc.nat(40))
  .map(([procedure, changes, cut]) => {
    const bytes = new Uint8Array(encodeBinary({ type: 'call', id: 5, procedure, input: { runId: 'r', name: 'n', extra: [1, 2, 3] } }))
    for (const [at, value] of changes) bytes[at % bytes.length] = value
    return bytes.slice(0, bytes.length - (cut > 30 ? cut - 30 : 0))
  })

/** Whole values that are not messages of the contract. */
const foreign = fc
  .oneof(
    fc.constantFrom<unknown>(null, 1, 'call', [], {}, { type: 'call' }, { type: 'reply', id: 1, reply: null }, { type: 'cancel', id: -1 }),
    fc.record(
      {
        type: fc.constantFrom<unknown>('call', 'cancel', 'events', 7, null),
        id: fc.oneof(fc.integer(), fc.double(), fc.string()),
        procedure: fc.anything(),
        more: fc.anything()
      },
      { requiredKeys: [] }
    )
  )
  .map((value) => encodeBinary(value))

/** Heads that claim gigabytes, again and again. */
const claims = fc
  .constantFrom([0xdd, 0xff, 0xff, 0xff, 0xff], [0xdf, 0x7f, 0xff, 0xff, 0xff], [0xdb, 0xff, 0xff, 0xff, 0xff])
  .map((head) => Uint8Array.from({ length: 100_000 }, (_, at) => head[at % 5] ?? 0))
const frame: fc.Arbitrary<Uint8Array | string> = fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged, foreign, claims, fc.string())

describe('garbage over the socket', () => {
  it('is answered or closes the socket, and the process lives', async () => {
    await fc.assert(
      fc.asyncProperty(frame, async (bytes) => {
        const current = await connected()
        current.socket.send(bytes)
        const after = await current.call('app.info')
        if (after) expect(after.ok).toBe(true)
        else expect([1003, 1008]).toContain(current.closeCode)
      }),
      { numRuns: 400 }
    )
    await expectAlive()
  })
})
