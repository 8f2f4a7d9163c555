import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { procedureNames } from '../../shared/contract/index.ts'
import { createSocketTransport } from '../../renderer/socket-transport.ts'
import { WebSocket } from 'ws'
import { type NodeServer, startNodeServer } from './node-server.ts'
import { serveSocket, socketBounds } from './node-socket.ts'
import { fakeCore, type RecordedCall } from './testing/fake-core.ts'
import { enter, SocketPeer } from './testing/socket-peer.ts'
import { windowFolderWithSecret } from './testing/window-folder.ts'

const folder = windowFolderWithSecret()
const open: NodeServer[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))

async function start(respond?: (call: RecordedCall) => unknown) {
  const core = fakeCore(respond)
  const server = await startNodeServer({ host: core, folder, port: 0 })
  open.push(server)
  return { core, server }
}

/** A handler that waits until its caller gives up. */
const untilAborted = ({ context: { signal } }: RecordedCall) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('gave up')), { once: true }))

const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 400) throw new Error('waited in vain')
    await wait(5)
  }
}

describe('calls', () => {
  it('of every procedure reach the core, and typed arrays come back as such', async () => {
    const { core, server } = await start(() => ({ values: Float64Array.of(1, NaN), rows: Int32Array.of(-1), pixels: Uint8Array.of(255) }))
    const peer = await SocketPeer.connect(server.url)
    const reached: string[] = []
    for (const name of procedureNames) {
      const reply = await peer.call(name, {})
      if (reply?.ok) reached.push(name)
      // The others have fields that must be given; the dispatcher knows them all.
      else expect(reply).toMatchObject({ error: { code: 'invalid-input' } })
    }
    expect(core.calls.map(({ procedure }) => procedure)).toEqual(reached)
    expect(reached).toContain('journal.undo')
    expect(await peer.call('app.info')).toEqual({ ok: true, value: { values: Float64Array.of(1, NaN), rows: Int32Array.of(-1), pixels: Uint8Array.of(255) } })
    peer.socket.close()
  })

  it('are cancelled one by one', async () => {
    const { core, server } = await start(untilAborted)
    const peer = await SocketPeer.connect(server.url)
    const [first, second] = [peer.call('app.info', {}, 1), peer.call('bench.info', {}, 2)]
    await until(() => core.calls.length === 2)
    peer.cancel(1)
    peer.cancel(99)
    expect(await first).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    expect(core.calls[1]?.context.signal.aborted).toBe(false)
    peer.cancel(2)
    expect(await second).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  })

  it('are all cancelled when the socket closes', async () => {
    const { core, server } = await start(untilAborted)
    const peer = await SocketPeer.connect(server.url)
    for (let id = 1; id <= 5; id++) void peer.call('app.info', {}, id)
    await until(() => core.calls.length === 5)
    peer.socket.terminate()
    await until(() => core.calls.every(({ context }) => context.signal.aborted))
  })

  it('are bounded in number', async () => {
    const { core, server } = await start(untilAborted)
    const peer = await SocketPeer.connect(server.url)
    for (let id = 1; id <= socketBounds.calls; id++) void peer.call('app.info', {}, id)
    expect(await peer.call('app.info', {}, 1000)).toMatchObject({ ok: false, error: { code: 'conflict' } })
    expect(core.calls).toHaveLength(socketBounds.calls)
  })

  it('with an id in use close the socket, because answers could not be told apart', async () => {
    const { server } = await start(untilAborted)
    const peer = await SocketPeer.connect(server.url)
    const replies = [peer.call('app.info', {}, 1), peer.call('app.info', {}, 1)]
    await replies[1]
    expect(peer.closeCode).toBe(1008)
  })

  it('that end in what cannot be sent end in an error', async () => {
    const { server } = await start(() => ({ callback: () => 1 }))
    const peer = await SocketPeer.connect(server.url)
    expect(await peer.call('app.info')).toMatchObject({ ok: false, error: { code: 'internal' } })
  })
})

describe('events', () => {
  it('reach every socket', async () => {
    const { core, server } = await start()
    const peers = [await SocketPeer.connect(server.url), await SocketPeer.connect(server.url)]
    core.events.publish('notice', { level: 'info', message: 'saved' })
    await until(() => peers.every((peer) => peer.events.length === 1))
    expect(peers[0]?.events).toEqual([{ topic: 'notice', payload: { level: 'info', message: 'saved' } }])
  })

  it('are held back and coalesced for a client that does not read, and the points become "read again"', async () => {
    const { core, server } = await start()
    const peer = await SocketPeer.connect(server.url)
    // The kernel's buffers take a few megabytes before the server sees that nobody reads.
    peer.socket.pause()
    for (let round = 0; round < 60; round++) {
      const points = 20_000
      core.events.publish('runs.metrics', {
        runs: [{ runId: 'r1', series: [{ name: 'loss', steps: new Int32Array(points).fill(round), values: new Float64Array(points).fill(round) }] }]
      })
      core.events.flush()
    }
    peer.socket.resume()
    await until(() => peer.events.some(({ topic }) => topic === 'runs.changed'))
    const delivered = peer.events.filter(({ topic }) => topic === 'runs.metrics').length
    expect(delivered).toBeGreaterThan(0)
    expect(delivered).toBeLessThan(60)
    expect(peer.events.find(({ topic }) => topic === 'runs.changed')?.payload).toEqual({ runIds: ['r1'], experimentIds: [] })
  })

  it('stop for a socket that no longer answers pings', async () => {
    const { WebSocketServer } = await import('ws')
    const core = fakeCore()
    const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await new Promise((resolve) => sockets.once('listening', resolve))
    sockets.on('connection', (socket) => serveSocket(socket, core, { ...socketBounds, ping: 250 }))
    const address = sockets.address()
    const [awake, asleep] = [true, false].map((autoPong) => new WebSocket(`ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, { autoPong }))
    await until(() => asleep?.readyState === WebSocket.CLOSED)
    expect(awake?.readyState).toBe(WebSocket.OPEN)
    awake?.terminate()
    sockets.close()
  })
})

describe('the window\'s transport', () => {
  const sockets: WebSocket[] = []
  const socketOf = (origin: string, cookie: string) =>
    class extends WebSocket {
      constructor(url: string) {
        super(url, { origin, headers: { cookie } })
        this.on('error', () => undefined)
        sockets.push(this)
      }
    } as unknown as typeof globalThis.WebSocket

  it('waits for its first connection, and connects anew when it is cut off', async () => {
    const { server } = await start(() => 'answer')
    const { origin, cookie } = await enter(server.url)
    const states: string[] = []
    const transport = createSocketTransport(`${origin.replace('http', 'ws')}/contract`, {
      Socket: socketOf(origin, cookie),
      isRefused: () => Promise.resolve(false),
      backoff: [5, 10]
    })
    transport.onConnection?.((state) => states.push(state))
    expect(await transport.invoke(1, 'app.info', {})).toEqual({ ok: true, value: 'answer' })
    sockets.at(-1)?.terminate()
    await until(() => states.length === 3)
    expect(states).toEqual(['connected', 'reconnecting', 'connected'])
    expect(await transport.invoke(2, 'app.info', {})).toEqual({ ok: true, value: 'answer' })
    transport.close()
  })

  it('calls, hears, and is told when the server is gone and another one refuses it', async () => {
    const { core, server } = await start(untilAborted)
    const { origin, cookie } = await enter(server.url)
    const states: string[] = []
    const heard: unknown[] = []
    let refused = false
    const transport = createSocketTransport(`${origin.replace('http', 'ws')}/contract`, {
      Socket: socketOf(origin, cookie),
      isRefused: () => Promise.resolve(refused),
      backoff: [20, 40]
    })
    transport.onConnection?.((state) => states.push(state))
    transport.subscribe(({ payload }) => heard.push(payload))

    const call = transport.invoke(1, 'app.info', {})
    await until(() => core.calls.length === 1)
    core.events.publish('menu.command', { command: 'view.home' })
    await until(() => heard.length === 1)
    await server.close()
    expect(await call).toMatchObject({ ok: false, error: { code: 'disconnected' } })
    expect(await transport.invoke(2, 'app.info', {})).toMatchObject({ ok: false, error: { code: 'disconnected' } })

    // Another instance on the same port has another token: the window is told so and stops trying.
    const next = await startNodeServer({ host: fakeCore(), folder, port: server.port })
    open.push(next)
    refused = true
    await until(() => states.at(-1) === 'refused')
    expect(states).toEqual(['connected', 'reconnecting', 'refused'])
    transport.close()
  })
})
