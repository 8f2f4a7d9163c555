import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { download } from './download.mjs'
import { filesOf, indexUrl } from './package-index.mjs'

const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 251))
const sha256 = createHash('sha256').update(content).digest('hex')
let folder, server, address, handler, requests

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weakbench-download-'))
  requests = []
  server = createServer((request, response) => {
    requests.push({ range: request.headers.range, accept: request.headers.accept, authorization: request.headers.authorization, url: request.url })
    handler(request, response)
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${server.address().port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  rmSync(folder, { recursive: true, force: true })
})

/** Serves ranges as package indexes do; `cut` ends the connection after that many bytes. */
const ranges = ({ cut = Infinity } = {}) => (request, response) => {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const body = content.subarray(start)
  const head = { 'content-length': body.length, ...(start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}) }
  response.writeHead(start > 0 ? 206 : 200, head)
  if (body.length <= cut) return response.end(body)
  response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 20))
}
const file = (more = {}) => ({ filename: 'a.whl', url: `${address}/a.whl`, sha256, size: content.length, ...more })
const target = () => join(folder, 'a.whl')
const quick = { pause: 1 }

describe('downloads', () => {
  it('arrive, tell their progress, and are not repeated', async () => {
    handler = ranges()
    const progress = []
    await download(file(), target(), { ...quick, onProgress: (...state) => progress.push(state) })
    expect(readFileSync(target()).equals(content)).toBe(true)
    expect(progress.at(-1)).toEqual([content.length, content.length])
    await download(file(), target(), quick)
    expect(requests.length).toBe(1)
  })

  it('continue after an interruption, also of an earlier run', async () => {
    handler = ranges({ cut: 30_000 })
    await download(file(), target(), quick)
    expect(readFileSync(target()).equals(content)).toBe(true)
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=30000-', 'bytes=60000-', 'bytes=90000-'])
    rmSync(target())
    writeFileSync(`${target()}.part`, content.subarray(0, 77_777))
    handler = ranges()
    await download(file(), target(), quick)
    expect(requests.at(-1).range).toBe('bytes=77777-')
    expect(readFileSync(target()).equals(content)).toBe(true)
    expect(existsSync(`${target()}.part`)).toBe(false)
  })

  it('begin anew with a server that knows no ranges', async () => {
    writeFileSync(`${target()}.part`, content.subarray(0, 500))
    handler = (_request, response) => response.end(content)
    await download(file(), target(), quick)
    expect(readFileSync(target()).equals(content)).toBe(true)
  })

  it('work without a known size', async () => {
    handler = ranges({ cut: 60_000 })
    await download(file({ size: undefined }), target(), quick)
    expect(readFileSync(target()).equals(content)).toBe(true)
  })

  it('replace a part of another file once, and refuse what fails its checksum', async () => {
    writeFileSync(`${target()}.part`, Buffer.alloc(1000, 1))
    handler = ranges()
    await download(file(), target(), quick)
    expect(readFileSync(target()).equals(content)).toBe(true)
    rmSync(target())
    const wrong = file({ sha256: '0'.repeat(64) })
    await expect(download(wrong, target(), quick)).rejects.toMatchObject({ message: expect.stringContaining('SHA-256 differs'), remedy: expect.stringMatching(/again/) })
    expect([existsSync(target()), existsSync(`${target()}.part`)]).toEqual([false, false])
  })

  it('end with a sentence and a remedy when nothing comes any more, keeping what has arrived', async () => {
    handler = (request, response) => (request.headers.range ? response.destroy() : ranges({ cut: 40_000 })(request, response))
    await expect(download(file(), target(), { pause: 1, attempts: 3 })).rejects.toMatchObject({ message: expect.stringContaining('interrupted'), remedy: expect.stringContaining('continues') })
    expect(readFileSync(`${target()}.part`).length).toBe(40_000)
  })

  it('are refused when larger than stated, without a checksum, and when not there', async () => {
    handler = (_request, response) => response.end(Buffer.concat([content, content]))
    await expect(download(file(), target(), quick)).rejects.toThrow('more of a.whl than')
    await expect(download(file({ sha256: undefined }), target(), quick)).rejects.toThrow('no SHA-256')
    handler = (_request, response) => response.writeHead(404).end()
    rmSync(`${target()}.part`, { force: true })
    requests.length = 0
    await expect(download(file(), target(), quick)).rejects.toThrow('answered 404')
    expect(requests.length).toBe(1)
  })

  it('say so when the server cannot be reached', async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
    await expect(download(file(), target(), { pause: 1, attempts: 2 })).rejects.toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), remedy: expect.stringContaining('network') })
    await new Promise((done) => server.listen(0, '127.0.0.1', done))
  })
})

describe('the package index', () => {
  it('is read as JSON', async () => {
    const entry = { filename: 'a.whl', url: '../../files/a.whl', hashes: { sha256 }, size: 7, yanked: 'broken' }
    handler = (_request, response) => response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' }).end(JSON.stringify({ files: [entry] }))
    expect(await filesOf('tensorflow', `${address}/simple/`)).toEqual([{ filename: 'a.whl', url: `${address}/files/a.whl`, sha256, size: 7, yanked: true }])
    expect(requests[0]).toMatchObject({ url: '/simple/tensorflow/', accept: expect.stringContaining('json') })
  })

  it('is read as HTML, with credentials sent to its own host only', async () => {
    const links = `<a href="/files/a.whl#sha256=${sha256}" data-requires-python="&gt;=3.9">a.whl</a><br/><a href="https://elsewhere.test/b.whl?x=1&amp;y=2#sha256=${sha256}" data-yanked="">b.whl</a>`
    handler = (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${links}</html>`)
    const own = address.replace('//', '//me:p%40ss@')
    expect(await filesOf('tensorflow', `${own}/simple`)).toEqual([
      { filename: 'a.whl', url: `${own}/files/a.whl`, sha256, size: undefined, yanked: false },
      { filename: 'b.whl', url: 'https://elsewhere.test/b.whl?x=1&y=2', sha256, size: undefined, yanked: true }
    ])
    expect(requests[0].authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  it('that lacks the package or cannot be reached is a sentence with a remedy', async () => {
    handler = (_request, response) => response.writeHead(404).end()
    await expect(filesOf('tensorflow', address)).rejects.toMatchObject({ message: expect.stringContaining('no package tensorflow'), remedy: expect.stringContaining('pip') })
    await expect(filesOf('tensorflow', 'http://127.0.0.1:1')).rejects.toMatchObject({ message: expect.stringContaining('could not be reached'), remedy: expect.stringContaining('network') })
  })

  it('is the one of the environment, of pip\'s configuration, or PyPI', async () => {
    const pip = (code, output) => async () => ({ code, output })
    expect(await indexUrl({ PIP_INDEX_URL: 'https://mirror.test/simple' }, pip(0, 'https://other.test/simple\n'))).toBe('https://mirror.test/simple')
    expect(await indexUrl({}, pip(0, 'WARNING: old\nhttps://other.test/simple\n'))).toBe('https://other.test/simple')
    expect(await indexUrl({}, pip(1, 'ERROR: No such key'))).toBe('https://pypi.org/simple')
    expect(await indexUrl({}, pip(127, 'not found'))).toBe('https://pypi.org/simple')
  })
})
