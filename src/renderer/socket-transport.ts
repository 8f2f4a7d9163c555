import { decodeBinary, encodeBinary } from '../shared/contract/binary.ts'
import { BenchError, type ClientMessage, type EventMessage, type Reply, type ServerMessage, type Transport } from '../shared/contract/index.ts'

type State = 'connected' | 'reconnecting' | 'refused'

export interface SocketOptions {
  readonly Socket?: typeof WebSocket
  /** Asks the server over HTTP whether it would let this window in; tells "gone" from "refused", which a WebSocket cannot. */
  readonly isRefused?: () => Promise<boolean>
  /** First and longest wait between attempts, in milliseconds. */
  readonly backoff?: readonly [first: number, longest: number]
}

interface PendingCall {
  readonly message: Uint8Array<ArrayBuffer>
  readonly resolve: (reply: Reply) => void
}

/** A transport over a WebSocket that can be closed, which ends its attempts to reconnect. */
export interface SocketTransport extends Transport {
  close(): void
}

/**
 * The transport of a window in a browser. Loses main when the server stops: calls in flight are then answered with `disconnected`,
 * and it reconnects with growing waits until the server is back or refuses (its token changed: a new instance).
 * Main sends every event to every socket, so a new connection needs no subscription, only a fresh reading.
 */
export function createSocketTransport(url: string, options: SocketOptions = {}): SocketTransport {
  return new Connector(url, options)
}

class Connector implements SocketTransport {
  readonly #url: string
  readonly #Socket: typeof WebSocket
  readonly #isRefused: () => Promise<boolean>
  readonly #backoff: readonly [first: number, longest: number]
  readonly #calls = new Map<number, PendingCall>()
  readonly #listeners = new Set<(event: EventMessage) => void>()
  readonly #stateListeners = new Set<(state: State) => void>()
  #socket: WebSocket
  /** Calls made before the first connection wait for it; later ones fail at once while it is lost. */
  #state: State | 'connecting' = 'connecting'
  #wait: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(url: string, options: SocketOptions) {
    this.#url = url
    this.#Socket = options.Socket ?? WebSocket
    this.#isRefused = options.isRefused ?? askServer
    this.#backoff = options.backoff ?? [250, 5000]
    this.#wait = this.#backoff[0]
    this.#socket = this.#connect()
  }

  invoke(callId: number, procedure: string, input: unknown): Promise<Reply> {
    if (this.#state === 'reconnecting' || this.#state === 'refused') return Promise.resolve(disconnected)
    const message = encode({ type: 'call', id: callId, procedure, input })
    return new Promise((resolve) => {
      this.#calls.set(callId, { message, resolve })
      if (this.#state === 'connected') this.#socket.send(message)
    })
  }

  cancel(callId: number): void {
    if (this.#state === 'connecting') this.#calls.delete(callId)
    else if (this.#state === 'connected') this.#socket.send(encode({ type: 'cancel', id: callId }))
  }

  subscribe(listener: (event: EventMessage) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  onConnection(listener: (state: State) => void): () => void {
    this.#stateListeners.add(listener)
    return () => void this.#stateListeners.delete(listener)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#socket.close()
    this.#failCalls()
  }

  #connect(): WebSocket {
    const socket = new this.#Socket(this.#url)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => this.#opened()
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.#receive(decodeBinary(new Uint8Array(data)) as ServerMessage)
    }
    socket.onclose = () => void this.#lost()
    return socket
  }

  #opened(): void {
    this.#wait = this.#backoff[0]
    this.#enter('connected')
    for (const { message } of this.#calls.values()) this.#socket.send(message)
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'events') {
      for (const event of message.events) this.#listeners.forEach((listener) => listener(event))
      return
    }
    this.#calls.get(message.id)?.resolve(message.reply)
    this.#calls.delete(message.id)
  }

  async #lost(): Promise<void> {
    const wasOpen = this.#state === 'connected'
    this.#failCalls()
    if (this.#closed) return
    this.#enter('reconnecting')
    if (!wasOpen && (await this.#isRefused().catch(() => false))) return this.#enter('refused')
    if (this.#closed) return
    this.#timer = setTimeout(() => (this.#socket = this.#connect()), this.#wait)
    this.#wait = Math.min(2 * this.#wait, this.#backoff[1])
  }

  #failCalls(): void {
    for (const { resolve } of this.#calls.values()) resolve(disconnected)
    this.#calls.clear()
  }

  #enter(state: State): void {
    if (this.#state === state) return
    this.#state = state
    this.#stateListeners.forEach((listener) => listener(state))
  }
}

const encode = (message: ClientMessage): Uint8Array<ArrayBuffer> => new Uint8Array(encodeBinary(message))

const disconnected: Reply = {
  ok: false,
  error: new BenchError('disconnected', 'The bench does not answer: its server has stopped or the connection is lost.', {
    hint: 'Start it again in the terminal, then open the address printed there.'
  }).payload
}

async function askServer(): Promise<boolean> {
  const { status } = await fetch('/', { method: 'HEAD', cache: 'no-store' })
  return status === 403
}
