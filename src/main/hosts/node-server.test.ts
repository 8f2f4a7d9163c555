import { type IncomingHttpHeaders, request } from 'node:http'
import { type AddressInfo, connect, createServer, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type NodeServer, startNodeServer } from './node-server.ts'
import { fakeCore } from './testing/fake-core.ts'
import { enter, SocketPeer } from './testing/socket-peer.ts'
import { windowFolderWithSecret } from './testing/window-folder.ts'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let server: NodeServer
let cookie: string
const folder = windowFolderWithSecret()

beforeAll(async () => {
  server = await startNodeServer({ host: fakeCore(), folder, port: 0 })
  cookie = (await enter(server.url)).cookie
})
afterAll(() => server.close())

/** A request exactly as given: fetch would normalise the path and forbid the headers that matter here. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers: { host: `127.0.0.1:${server.port}`, ...headers }, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on('error', reject).end()
  })
}
const askInside = (path: string, headers: Record<string, string> = {}, method = 'GET') => ask(path, { cookie, ...headers }, method)

describe('token', () => {
  it('is exchanged for a strict cookie and leaves the address', async () => {
    const { pathname, search } = new URL(server.url)
    const { status, headers } = await ask(pathname + search)
    expect(status).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['set-cookie']?.[0]).toMatch(new RegExp(`^weakbench-${server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`))
  })

  it('answers a visit from another site with a page that moves on, so that the strict cookie is sent', async () => {
    const { status, headers, body } = await ask(`/${new URL(server.url).search}`, { 'sec-fetch-site': 'cross-site' })
    expect(status).toBe(200)
    expect(headers['set-cookie']).toBeDefined()
    expect(body).toContain('http-equiv="refresh"')
  })

  it.each([
    ['no cookie', {}],
    ['an empty cookie', { cookie: '' }],
    ['a wrong value', { cookie: 'weakbench-PORT=wrong' }],
    ['the right value under the wrong name', { cookie: 'weakbench-1=TOKEN' }],
    ['a longer value', { cookie: 'weakbench-PORT=TOKENx' }]
  ])('refuses %s with a page that says what to do', async (_what, headers: Record<string, string>) => {
    const token = new URL(server.url).searchParams.get('token') ?? ''
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(server.port)).replace('TOKEN', token)]))
    const { status, body, headers: answered } = await ask('/', filled)
    expect(status).toBe(403)
    expect(body).toContain('Open the address printed in the terminal')
    expect(body).not.toContain(token)
    expect(answered['set-cookie']).toBeUndefined()
  })

  it('refuses a wrong token', async () => {
    expect((await ask('/?token=wrong')).status).toBe(403)
    expect((await ask('/?token=')).status).toBe(403)
  })

  it('is another one in every instance', async () => {
    const other = await startNodeServer({ host: fakeCore(), folder, port: 0 })
    expect(new URL(other.url).searchParams.get('token')).not.toBe(new URL(server.url).searchParams.get('token'))
    await other.close()
  })
})

describe('files', () => {
  it('serves the window with a strict policy and without storing its page', async () => {
    const { status, headers, body } = await askInside('/')
    expect(status).toBe(200)
    expect(body).toContain('<title>Weakbench</title>')
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; " +
        `connect-src 'self' ws://127.0.0.1:${server.port}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
    )
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['cross-origin-opener-policy']).toBe('same-origin')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
  })

  it('serves hashed assets as what they are', async () => {
    const { status, headers } = await askInside('/assets/index-1a2b.js')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(headers['cache-control']).toContain('immutable')
  })

  it.each([
    '/../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/%2e%2e%2fsecret.json',
    '/assets/../../secret.json',
    '/..%5csecret.json',
    '/..\\secret.json',
    '//secret.json',
    '/linked.json',
    '/index.html%00.json',
    '/%ff',
    '/%',
    '/nowhere.html',
    '/assets'
  ])('finds nothing at %s', async (path) => {
    const { status, body } = await askInside(path)
    expect(status).toBe(404)
    expect(body).not.toContain('"secret"')
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s', async (method) => {
    const { status, headers } = await askInside('/', {}, method)
    expect(status).toBe(405)
    expect(headers.allow).toBe('GET, HEAD')
  })

  it('answers HEAD without a body', async () => {
    const { status, body } = await askInside('/', {}, 'HEAD')
    expect(status).toBe(200)
    expect(body).toBe('')
  })
})

describe('source of a request', () => {
  const otherNames = ['evil.example', 'evil.example:PORT', 'LOCALHOST.evil.example:PORT', 'a; script-src *']
  const almost = ['127.0.0.1', '127.0.0.1:1', 'localhost', 'localhost.:PORT', '[::1]:PORT', '0.0.0.0:PORT', '127.0.0.2:PORT']
  it.each([...otherNames, ...almost])(
    'refuses the host %s, also with the cookie and the token',
    async (host) => {
      const named = host.replace('PORT', String(server.port))
      expect((await askInside('/', { host: named })).status).toBe(403)
      const { status, headers } = await ask(`/${new URL(server.url).search}`, { host: named })
      expect(status).toBe(403)
      expect(headers['set-cookie']).toBeUndefined()
      expect(headers['content-security-policy']).not.toContain('evil')
      expect(headers['content-security-policy']).not.toContain('*')
    }
  )

  it('answers under localhost too', async () => {
    const { status, headers } = await askInside('/', { host: `localhost:${server.port}` })
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain(`ws://localhost:${server.port}`)
  })

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1:PORT', 'http://localhost:PORT'])('refuses the origin %s', async (origin) => {
    const { status, headers } = await askInside('/', { origin: origin.replace('PORT', String(server.port)) })
    expect(status).toBe(403)
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('sends no CORS headers to its own origin either', async () => {
    const { status, headers } = await askInside('/', { origin: `http://127.0.0.1:${server.port}` })
    expect(status).toBe(200)
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
  })

  it('survives what is not HTTP', async () => {
    for (const bytes of ['\0\0\0\0', 'GET\r\n\r\n', 'GET / HTTP/1.1\r\nHost: \xff\r\nRange: bytes=9-1\r\n\r\n', `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(5000)}\r\n`]) {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.end(Buffer.from(bytes, 'latin1'))
      await new Promise((resolve) => socket.on('close', resolve).resume())
    }
    expect((await askInside('/', { range: 'bytes=9-1' })).status).toBe(200)
  })
})

describe('socket', () => {
  const origin = () => `http://127.0.0.1:${server.port}`
  const upgrade = (headers: Record<string, string>, path = '/contract') =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
      socket.on('open', () => {
        resolve(101)
        socket.close()
      })
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
      socket.on('error', () => resolve(0))
    })

  it('opens for the own page with the cookie', async () => {
    expect(await upgrade({ cookie, origin: origin() })).toBe(101)
  })

  it.each([
    ['no cookie', () => ({ origin: origin() })],
    ['a wrong cookie', () => ({ origin: origin(), cookie: `weakbench-${server.port}=wrong` })],
    ['no origin', () => ({ cookie })],
    ['another origin', () => ({ cookie, origin: 'http://evil.example' })],
    ['the opaque origin', () => ({ cookie, origin: 'null' })],
    ['another host', () => ({ cookie, origin: 'http://evil.example', host: 'evil.example' })]
  ])('stays shut with %s', async (_what, headers: () => Record<string, string>) => {
    expect(await upgrade(headers())).toBe(403)
  })

  it('has one path', async () => {
    expect(await upgrade({ cookie, origin: origin() }, '/other')).toBe(404)
  })

  it('closes when a message is larger than any input', async () => {
    const peer = await SocketPeer.connect(server.url)
    const closed = new Promise<number>((resolve) => peer.socket.on('close', resolve))
    peer.socket.send(new Uint8Array(5 << 20))
    expect(await closed).toBe(1009)
  })
})

describe('where it listens', () => {
  it('is the loopback address only', async () => {
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter(({ internal, family }) => !internal && family === 'IPv4')
    for (const { address } of others) await expect(reach(address, server.port), address).resolves.toBe(false)
    await expect(reach('127.0.0.1', server.port)).resolves.toBe(true)
  })

  it('says which port is taken and what to do', async () => {
    await expect(startNodeServer({ host: fakeCore(), folder, port: server.port })).rejects.toMatchObject({
      payload: { code: 'port-in-use', message: `Port ${server.port} is in use by another program.`, hint: expect.stringContaining('--port') as string }
    })
  })

  it('takes a free port when none is asked for and the usual one is taken', async () => {
    const blocker = createServer().listen(4747, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve).once('error', resolve))
    const other = await startNodeServer({ host: fakeCore(), folder })
    expect(other.port).not.toBe(4747)
    await other.close()
    blocker.close()
  })

  it('opens no connection of its own while it serves', async () => {
    const connecting = vi.spyOn(Socket.prototype, 'connect')
    try {
      const other = await startNodeServer({ host: fakeCore(), folder, port: 0 })
      const peer = await SocketPeer.connect(other.url)
      await peer.call('app.info')
      peer.socket.close()
      await other.close()
      const targets = new Set(connecting.mock.calls.map((args) => targetOf(args)))
      // The test's own client is seen here, which proves that the hook works; nobody else is.
      expect([...targets]).toEqual([`127.0.0.1:${other.port}`])
    } finally {
      connecting.mockRestore()
    }
  })
})

function targetOf(args: unknown): string {
  const options = [args].flat(3).find((value): value is Partial<AddressInfo> & { host?: string } => typeof value === 'object' && value !== null && 'port' in value)
  return `${options?.host}:${options?.port}`
}

function reach(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 })
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false)).on('timeout', () => resolve(false))
    socket.on('connect', () => socket.destroy()).on('timeout', () => socket.destroy())
  })
}
