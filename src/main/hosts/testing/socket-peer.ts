import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeBinary, encodeBinary } from '../../../shared/contract/binary.ts'
import type { EventMessage, Reply, ServerMessage } from '../../../shared/contract/index.ts'

/** Exchanges the token of a server's address for its cookie, as a browser does on the first visit. */
export async function enter(url: string): Promise<{ readonly origin: string; readonly cookie: string }> {
  const response = await fetch(url, { redirect: 'manual' })
  const cookie = response.headers.get('set-cookie')?.split(';')[0]
  if (response.status !== 303 || !cookie) throw new Error(`The server let nobody in: ${response.status}`)
  return { origin: new URL(url).origin, cookie }
}

/** A client of the contract's socket that can also misbehave: it sends whatever bytes it is given. */
export class SocketPeer {
  readonly socket: WebSocket
  readonly events: EventMessage[] = []
  /** Deliveries of events, each with its number of messages. */
  readonly deliveries: number[] = []
  closeCode: number | null = null
  readonly #replies = new Map<number, (reply: Reply | null) => void>()
  #last = 1_000_000

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => this.#receive(decodeBinary(data) as ServerMessage))
    socket.on('error', () => undefined)
    socket.on('close', (code) => {
      this.closeCode = code
      for (const resolve of this.#replies.values()) resolve(null)
    })
  }

  static async connect(url: string): Promise<SocketPeer> {
    const { origin, cookie } = await enter(url)
    return SocketPeer.connectAs(origin, cookie)
  }

  static async connectAs(origin: string, cookie: string): Promise<SocketPeer> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/contract`, { origin, headers: { cookie }, perMessageDeflate: false })
    const peer = new SocketPeer(socket)
    await once(socket, 'open')
    return peer
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN
  }

  /** The reply, or null when the server closed the socket instead. */
  call(procedure: unknown, input?: unknown, id = ++this.#last): Promise<Reply | null> {
    const reply = this.reply(id)
    this.socket.send(encodeBinary({ type: 'call', id, procedure, input }))
    return reply
  }

  reply(id: number): Promise<Reply | null> {
    return new Promise((resolve) => (this.isOpen ? this.#replies.set(id, resolve) : resolve(null)))
  }

  cancel(id: number): void {
    this.socket.send(encodeBinary({ type: 'cancel', id }))
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'events') {
      this.deliveries.push(message.events.length)
      this.events.push(...message.events)
      return
    }
    this.#replies.get(message.id)?.(message.reply)
    this.#replies.delete(message.id)
  }
}
