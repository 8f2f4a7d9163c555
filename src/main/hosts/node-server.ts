import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { BenchError } from '../../shared/contract/errors.ts'
import { securityHeaders } from './content-security-policy.ts'
import type { ContractHost } from './contract-host.ts'
import { Access, type Refusal } from './node-access.ts'
import { entrancePage, refusalPage } from './node-pages.ts'
import { serveSocket } from './node-socket.ts'
import { readWindowFile } from './window-files.ts'

/** The port used when none is asked for and it is free: an address that stays the same can be tunnelled and found again. */
export const usualPort = 4747

/** Largest message from a window: the largest input of the contract takes about a tenth of it. */
const largestMessage = 4 << 20

export interface NodeServer {
  readonly port: number
  /** With the token of this instance. */
  readonly url: string
  /** Closes every socket and stops listening. */
  close(): Promise<void>
}

export interface NodeServerOptions {
  readonly host: ContractHost
  /** The built window. */
  readonly folder: string
  /** Exactly this port, or an error; 0 for any free one; left out: the usual one or, when that is taken, any free one. */
  readonly port?: number | undefined
}

/** Serves the window and the contract on the loopback address, to whoever holds the token. Throws `port-in-use`. */
export async function startNodeServer({ host, folder, port }: NodeServerOptions): Promise<NodeServer> {
  const server = createServer()
  await listenWhereAsked(server, port)
  const access = new Access((server.address() as AddressInfo).port)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage, perMessageDeflate: false })
  server.on('request', (request, response) => void answer(request, response, access, folder).catch(() => response.destroy()))
  server.on('upgrade', (request, stream, head) => {
    stream.on('error', () => stream.destroy())
    const refusal = access.refusesUpgrade(request)
    if (refusal || request.url !== '/contract') return refuseUpgrade(stream, refusal ? 403 : 404)
    sockets.handleUpgrade(request, stream, head, (socket) => serveSocket(socket, host))
  })
  server.on('clientError', (_error, stream) => refuseUpgrade(stream, 400))
  return { port: access.port, url: access.url, close: () => close(server, sockets) }
}

async function answer(request: IncomingMessage, response: ServerResponse, access: Access, folder: string): Promise<void> {
  const send = (status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array = '') => {
    response.writeHead(status, { ...securityHeaders(access.socketOrigin(request)), 'content-length': Buffer.byteLength(body), ...headers })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
  const sendPage = (status: number, page: string, headers = {}) =>
    send(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers }, page)
  const refuse = (refusal: Refusal) => sendPage(403, refusalPage(refusal))

  const source = access.refusesSource(request)
  if (source) return refuse(source)
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, { allow: 'GET, HEAD', connection: 'close' })
  // Split by hand: a URL parser would resolve dots and could throw on what a hostile client sends.
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  const token = path === '/' ? new URLSearchParams(query).get('token') : null
  if (token !== null) {
    if (!access.isToken(token)) return refuse('token')
    const headers = { 'set-cookie': access.cookie, 'cache-control': 'no-store' }
    return request.headers['sec-fetch-site'] === 'cross-site' ? sendPage(200, entrancePage(), headers) : send(303, { ...headers, location: '/' })
  }
  const refusal = access.refusesRequest(request)
  if (refusal) return refuse(refusal)
  const file = await readWindowFile(folder, path)
  if (file) return send(200, file.headers, file.body)
  return send(404, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, 'The window has no such file.')
}

function refuseUpgrade(stream: Duplex, status: 400 | 403 | 404): void {
  if (stream.writable) stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  else stream.destroy()
}

async function listenWhereAsked(server: Server, port: number | undefined): Promise<void> {
  if (port !== undefined) return listen(server, port)
  try {
    await listen(server, usualPort)
  } catch {
    await listen(server, 0)
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(portError(port, error))
    server.once('error', fail)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

function portError(port: number, error: NodeJS.ErrnoException): BenchError {
  const what = error.code === 'EADDRINUSE' ? `Port ${port} is in use by another program.` : `Port ${port} cannot be opened: ${error.message}.`
  return new BenchError('port-in-use', what, { hint: 'Choose another one with --port N, or leave --port out to get a free one.' }, error)
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const socket of sockets.clients) socket.close(1001, 'the bench closes')
  // A window that does not answer the closing handshake gets a moment, not more.
  const timer = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
  }, 500)
  server.closeIdleConnections()
  await closed
  clearTimeout(timer)
}
