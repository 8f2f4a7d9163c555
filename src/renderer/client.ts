import {
  BenchError,
  type Events,
  type EventMessage,
  type InputOf,
  type OutputOf,
  type ProcedureName,
  type Procedures,
  type Same,
  type Topic,
  type Transport
} from '../shared/contract/index.ts'
import { createSocketTransport } from './socket-transport.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
}

/** The input may be left out where the contract has one for every field. */
export type CallArguments<P extends ProcedureName> =
  undefined extends InputOf<Procedures[P]> ? [input?: InputOf<Procedures[P]>, options?: CallOptions] : [input: InputOf<Procedures[P]>, options?: CallOptions]

export type Connection = 'connected' | 'reconnecting' | 'refused'

/** The contract as the window uses it. */
export interface Client {
  /** Calls a procedure of main. Rejects with a BenchError, `cancelled` as soon as the signal aborts. */
  call<P extends ProcedureName>(name: P, ...args: CallArguments<P>): Promise<OutputOf<Procedures[P]>>
  /** Listens to a topic; returns the function that stops it. */
  on<T extends Topic>(topic: T, listener: (payload: Events[T]) => void): () => void
  /** After `reconnecting` and then `connected`, events may have been missed: read again what is shown. */
  readonly connection: Connection
  onConnection(listener: (state: Connection) => void): () => void
}

/** Fails to compile when the client does not carry every procedure and topic of the contract. */
const carriesEverything: readonly [Same<Parameters<Client['call']>[0], ProcedureName>, Same<Parameters<Client['on']>[0], EventMessage['topic']>] = [true, true]
void carriesEverything

/** Builds the client over a transport; one per window. */
export function createClient(transport: Transport): Client {
  const listeners = new Map<Topic, Set<(payload: never) => void>>()
  const connectionListeners = new Set<(state: Connection) => void>()
  let connection: Connection = 'connected'
  let lastCall = 0

  transport.subscribe(({ topic, payload }) => listeners.get(topic)?.forEach((listener) => listener(payload as never)))
  transport.onConnection?.((state) => {
    connection = state
    connectionListeners.forEach((listener) => listener(state))
  })

  return {
    async call(name, ...[input, options]) {
      const callId = ++lastCall
      const reply = await untilAborted(transport.invoke(callId, name, toPlain(input)), name, options?.signal, () => transport.cancel(callId))
      if (!reply.ok) throw BenchError.from(reply.error)
      // Main has checked the output's type at compile time; the wire carries it unchanged.
      return reply.value as OutputOf<Procedures[typeof name]>
    },
    on(topic, listener) {
      const set = listeners.get(topic) ?? new Set()
      listeners.set(topic, set.add(listener))
      return () => void set.delete(listener)
    },
    get connection() {
      return connection
    },
    onConnection(listener) {
      connectionListeners.add(listener)
      return () => void connectionListeners.delete(listener)
    }
  }
}

/** The transport of this window: the preload's bridge in Electron, a WebSocket to the page's own server elsewhere. */
export function defaultTransport(): Transport {
  if (window.weakbench) return window.weakbench
  const { host } = window.location
  return createSocketTransport(`ws://${host}/contract`)
}

function untilAborted<T>(reply: Promise<T>, name: string, signal: AbortSignal | undefined, cancel: () => void): Promise<T> {
  if (!signal) return reply
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel()
      reject(new BenchError('cancelled', `The call ${name} was cancelled.`))
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    reply.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** A copy without proxies: Vue's reactive objects cannot be cloned on their way to main. Typed arrays pass as they are. */
function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]))
}
