import { randomUUID } from 'node:crypto'
import type { RawData, WebSocket } from 'ws'
import { encodeBinary } from '../../shared/contract/binary.ts'
import { type ClientMessage, type Reply, type ServerMessage, toErrorPayload } from '../../shared/contract/index.ts'
import { EventBatch } from '../api/event-batch.ts'
import type { CarriesContract, ContractHost } from './contract-host.ts'
import { OpenCalls } from './open-calls.ts'
import { readFrame } from './socket-message.ts'

type Call = Extract<ClientMessage, { readonly type: 'call' }>
type Event = Extract<ServerMessage, { readonly type: 'events' }>['events'][number]
const carriesContract: CarriesContract<Call['procedure'], Event> = true
void carriesContract

/** Bounds of one socket, so that no client, slow or hostile, makes main grow without limit. */
export interface SocketBounds {
  /** Calls not answered yet. */
  readonly calls: number
  /** Bytes not sent yet beyond which events are held back and coalesced. */
  readonly slowBytes: number
  /** Bytes not sent yet beyond which the socket is given up. */
  readonly stuckBytes: number
  /** Metric points and notices held back; beyond them points become "read again". */
  readonly points: number
  readonly notices: number
  /** Time between pings, in milliseconds; a socket that has not answered the last one is given up. */
  readonly ping: number
}
export const socketBounds: SocketBounds = { calls: 256, slowBytes: 1 << 20, stuckBytes: 64 << 20, points: 200_000, notices: 100, ping: 20_000 }

/** How often a slow socket is looked at again, in milliseconds. */
const retryInterval = 100

/** Serves the contract over one WebSocket until it closes; its calls are then cancelled. */
export function serveSocket(socket: WebSocket, host: ContractHost, bounds: SocketBounds = socketBounds): void {
  const calls = new OpenCalls()
  const outlet = new Outlet(socket, bounds)
  const clientId = randomUUID()

  const answer = async (call: Call): Promise<void> => {
    if (calls.size >= bounds.calls) return outlet.reply(call.id, tooMany(bounds.calls))
    const reply = await calls.run(call.id, (signal) => host.dispatch(call.procedure, call.input, { signal, clientId }))
    if (reply) outlet.reply(call.id, reply)
    else socket.close(1008, 'a call id twice')
  }

  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (socket.readyState !== socket.OPEN) return
    if (!isBinary) return socket.close(1003, 'text instead of MessagePack')
    const frame = readFrame(toBytes(data))
    if (frame.kind === 'broken') socket.close(frame.code, frame.reason)
    else if (frame.kind === 'flawed') outlet.reply(frame.id, { ok: false, error: frame.error })
    else if (frame.message.type === 'cancel') calls.cancel(frame.message.id)
    else void answer(frame.message)
  })
  const unsubscribe = host.events.subscribe((events) => outlet.events(events))
  const stopPings = keepAlive(socket, bounds.ping)
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    unsubscribe()
    stopPings()
    outlet.stop()
    calls.cancelAll()
  })
}

/** The sending side: replies always, events as fast as the client takes them. */
class Outlet {
  readonly #socket: WebSocket
  readonly #bounds: SocketBounds
  readonly #held: EventBatch
  #timer: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, bounds: SocketBounds) {
    this.#socket = socket
    this.#bounds = bounds
    this.#held = new EventBatch(bounds)
  }

  reply(id: number, reply: Reply): void {
    this.#send({ type: 'reply', id, reply })
  }

  events(events: readonly Event[]): void {
    if (this.#held.isEmpty && this.#socket.bufferedAmount < this.#bounds.slowBytes) return this.#send({ type: 'events', events })
    for (const event of events) this.#held.add(event)
    this.#timer ??= setInterval(() => this.#release(), retryInterval)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #release(): void {
    if (this.#socket.bufferedAmount >= this.#bounds.slowBytes) return
    this.stop()
    this.#send({ type: 'events', events: this.#held.take() })
  }

  #send(message: ServerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#socket.bufferedAmount > this.#bounds.stuckBytes) return this.#socket.terminate()
    this.#socket.send(encodeMessage(message), () => undefined)
  }
}

/** A reply that cannot be encoded becomes an error: the call must not stay open forever. */
function encodeMessage(message: ServerMessage): Uint8Array {
  try {
    return encodeBinary(message)
  } catch (error) {
    if (message.type !== 'reply') throw error
    return encodeBinary({ ...message, reply: { ok: false, error: toErrorPayload(error) } } satisfies ServerMessage)
  }
}

function keepAlive(socket: WebSocket, interval: number): () => void {
  let answered = true
  socket.on('pong', () => (answered = true))
  const timer = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, interval)
  return () => clearInterval(timer)
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}

const tooMany = (bound: number): Reply => ({
  ok: false,
  error: { code: 'conflict', message: `More than ${bound} calls of this window are waiting for an answer.`, hint: 'Wait for some of them, or reload the window.' }
})
