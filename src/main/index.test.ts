import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { channels } from '../shared/contract/channels.ts'
import { BenchError, type ErrorPayload, procedureNames, type Reply, topics } from '../shared/contract/index.ts'
import type { CoreOptions } from './api/core.ts'
import type * as Stub from './hosts/testing/electron-stub.ts'
import { benchInfo, fakeCore, type RecordedCall } from './hosts/testing/fake-core.ts'
import { expectProperReply, malformedInput, unknownProcedure } from './hosts/testing/malformed-input.ts'
import { windowFolderWithSecret } from './hosts/testing/window-folder.ts'

/** The shell against a stand-in for Electron: how index.ts wires protocol, window, menu and contract together. */
const built = windowFolderWithSecret()
let home: string
let stub: typeof Stub
let running = 0
let closed = 0
let core: ReturnType<typeof fakeCore>
let opened: CoreOptions[]
/** What opening a bench throws, by path. */
let failures: Map<string, ErrorPayload>

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weakbench-shell-'))
  vi.stubEnv('WEAKBENCH_HOME', home)
  vi.resetModules()
  running = 0
  closed = 0
  opened = []
  failures = new Map()
})
afterEach(() => vi.unstubAllEnvs())

interface Preparation {
  readonly prepare?: () => void
  readonly respond?: (call: RecordedCall) => unknown
  readonly argv?: readonly string[]
}

/** Starts the application; `prepare` runs before index.ts does. */
async function start({ prepare = () => undefined, respond = () => null, argv = [] }: Preparation = {}) {
  stub = await import('./hosts/testing/electron-stub.ts')
  core = fakeCore(respond)
  // A fresh one each time, like the process it stands for.
  vi.doMock('electron', () => ({ ...stub }))
  vi.doMock('./api/core.ts', () => ({
    openCore: async (options: CoreOptions) => {
      opened.push(options)
      const failure = failures.get(options.benchPath)
      // The class that the freshly loaded shell knows.
      if (failure) throw (await import('../shared/contract/errors.ts')).BenchError.from(failure)
      return { ...core, runningJobs: () => running, close: () => Promise.resolve(void closed++) }
    }
  }))
  vi.doMock('./hosts/window-files.ts', async (original) => ({ ...(await original<object>()), windowFolder: () => built }))
  vi.doMock('./hosts/electron-fork.ts', () => ({ electronFork: () => () => undefined }))
  prepare()
  const before = process.argv
  process.argv = ['electron', '.', ...argv]
  await import('./index.ts')
  process.argv = before
  await vi.waitFor(() => expect(stub.StubWindow.last !== null || stub.app.exitCode !== null || stub.app.quits > 0).toBe(true))
  await settle()
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 60))

function window(): Stub.StubWindow {
  if (!stub.StubWindow.last) throw new Error('no window')
  return stub.StubWindow.last
}
/** The event of a call from the window's own page, or with something else in its place. */
const from = (changes: object = {}) => ({ sender: window().webContents, senderFrame: window().webContents.mainFrame, ...changes })
const call = (id: unknown, procedure: unknown, input?: unknown, event: object = from()) => stub.invoke(channels.call, event, id, procedure, input) as Promise<Reply>

/** Finds a menu item by id, label or role. */
function item(name: string, list = stub.menu.current): Stub.StubMenuItem | undefined {
  for (const entry of list) {
    if (entry.id === name || entry.label === name || entry.role === name) return entry
    const inside = entry.submenu && item(name, entry.submenu)
    if (inside) return inside
  }
  return undefined
}

describe('the window', () => {
  it('is sandboxed, isolated and without Node, and shows the app: page', async () => {
    await start()
    expect(window().options['webPreferences']).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      webSecurity: true,
      preload: expect.stringMatching(/preload[\\/]index\.cjs$/) as string
    })
    expect(window().loaded).toBe('app://weakbench/index.html')
    expect(stub.app.sandboxed).toBe(true)
    expect(stub.schemes).toEqual([{ scheme: 'app', privileges: expect.objectContaining({ standard: true, secure: true }) as object }])
  })

  it('neither navigates nor opens windows nor attaches webviews', async () => {
    await start()
    const contents = window().webContents
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      const event = stub.stubEvent()
      contents.emit(name, event)
      expect(event.prevented, name).toBe(true)
    }
    expect(contents.windowOpenHandler?.()).toEqual({ action: 'deny' })
    expect(contents.rtcPolicy).toBe('disable_non_proxied_udp')
  })

  it('remembers where it was put', async () => {
    await start()
    window().maximized = true
    window().emit('close', stub.stubEvent())
    expect(JSON.parse(readFileSync(join(home, 'state', 'window.json'), 'utf8'))).toEqual({ ...window().bounds, maximized: true })

    vi.resetModules()
    await start()
    expect(window().options).toMatchObject(window().bounds)
    expect(window().maximized).toBe(true)
  })

  it.each([
    ['on a screen that is gone', '{"x":9000,"y":0,"width":900,"height":700,"maximized":false}'],
    ['in a damaged file', '{"x":"left"']
  ])('opens in its usual size when its place was %s', async (_what, content) => {
    mkdirSync(join(home, 'state'))
    writeFileSync(join(home, 'state', 'window.json'), content)
    await start()
    expect(window().options).toMatchObject({ width: 1280, height: 820 })
    expect(window().options).not.toHaveProperty('x')
  })

  it('starts again after a crash, but not over and over', async () => {
    await start()
    for (let crash = 1; crash <= 4; crash++) window().webContents.emit('render-process-gone', {}, { reason: 'oom' })
    expect(window().webContents.reloads).toBe(3)
    expect(stub.shown).toHaveLength(1)
  })
})

describe('requests and permissions', () => {
  const isCancelled = (url: string): boolean => {
    let cancelled: boolean | undefined
    Reflect.apply(stub.setup.onBeforeRequest ?? (() => undefined), undefined, [{ url }, (answer: { cancel: boolean }) => (cancelled = answer.cancel)])
    if (cancelled === undefined) throw new Error('no answer')
    return cancelled
  }

  it('lets nothing out', async () => {
    await start()
    const outside = ['https://example.org/', 'http://127.0.0.1:80/', 'ws://127.0.0.1/', 'file:///etc/passwd', 'ftp://a/', 'data:text/html,x', 'chrome://settings', '']
    for (const url of [...outside, 'app://other/index.html', 'blob:https://example.org/1']) expect(isCancelled(url), url).toBe(true)
    for (const url of ['app://weakbench/index.html', 'devtools://devtools/bundled/x.js', 'blob:app://weakbench/1']) expect(isCancelled(url), url).toBe(false)
    expect(stub.app.switches.get('host-resolver-rules')).toBe('MAP * ~NOTFOUND')
    expect(stub.setup.spellChecker).toBe(false)
  })

  it('denies every permission but writing what is copied', async () => {
    await start()
    const { permissionRequest, permissionCheck, device } = stub.setup
    const request = (permission: string, contents: object = window().webContents) => {
      let granted: boolean | undefined
      Reflect.apply(permissionRequest ?? (() => undefined), undefined, [contents, permission, (answer: boolean) => (granted = answer)])
      return granted
    }
    const check = (permission: string, contents: object | null = window().webContents): unknown =>
      Reflect.apply(permissionCheck ?? (() => undefined), undefined, [contents, permission])
    for (const permission of ['media', 'geolocation', 'notifications', 'midi', 'openExternal', 'fileSystem', 'clipboard-read', 'hid', 'serial', 'usb', 'unknown']) {
      expect(request(permission), permission).toBe(false)
      expect(check(permission), permission).toBe(false)
    }
    expect(request('clipboard-sanitized-write')).toBe(true)
    expect(request('clipboard-sanitized-write', { getURL: () => 'https://example.org/' })).toBe(false)
    expect(check('clipboard-sanitized-write', null)).toBe(false)
    expect(device?.()).toBe(false)
  })

  it('serves the window under app: with the strict policy, and nothing beside it', async () => {
    await start()
    const get = (url: string, method = 'GET') => {
      const handler = stub.setup.protocols.get('app')
      if (!handler) throw new Error('no protocol')
      return handler({ url, method } as Request)
    }
    const page = await get('app://weakbench/index.html')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    for (const path of ['../secret.json', '%2e%2e/secret.json', '..%2fsecret.json', '..%5csecret.json', 'linked.json', 'none.html']) {
      const answer = await get(`app://weakbench/${path}`)
      expect(answer.status, path).toBe(404)
      expect(await answer.text()).toBe('')
    }
    expect((await get('app://other/index.html')).status).toBe(404)
    expect((await get('app://weakbench/index.html', 'POST')).status).toBe(405)
  })
})

describe('the contract over IPC', () => {
  it('carries every procedure and every topic', async () => {
    await start({ respond: ({ procedure }) => ({ procedure, rows: Int32Array.of(1) }) })
    const reached: string[] = []
    for (const [index, name] of procedureNames.entries()) {
      const reply = await call(index, name, {})
      if (!reply.ok) expect(reply.error.code).toBe('invalid-input')
      else {
        expect(reply.value).toEqual({ procedure: name, rows: Int32Array.of(1) })
        reached.push(name)
      }
    }
    expect(core.calls.map(({ procedure }) => procedure)).toEqual(reached)

    const payloads = {
      'bench.changed': benchInfo,
      'datasets.changed': { datasetIds: ['d'] },
      'experiments.changed': { experimentIds: ['e'] },
      'runs.changed': { runIds: ['r'], experimentIds: [] },
      'runs.metrics': { runs: [{ runId: 'r', series: [{ name: 'loss', steps: Int32Array.of(1), values: Float64Array.of(0.5) }] }] },
      'jobs.changed': { jobs: [] },
      'jobs.progress': { jobs: [] },
      'journal.changed': { undo: { depth: 0, title: null }, redo: { depth: 0, title: null } },
      notice: { level: 'info', message: 'saved' },
      'menu.command': { command: 'view.home' }
    } as const
    for (const topic of topics) core.events.publish(topic, payloads[topic])
    core.events.flush()
    const sent = window().webContents.sent.flatMap(([channel, events]) => (channel === channels.events ? (events as { topic: string; payload: unknown }[]) : []))
    expect(Object.fromEntries(sent.map(({ topic, payload }) => [topic, payload]))).toEqual(payloads)
  })

  it('answers foreign senders with a typed error and calls nothing', async () => {
    await start()
    const frame = window().webContents.mainFrame
    const foreign = [
      { sender: {} },
      { senderFrame: null },
      { senderFrame: { ...frame, url: 'https://example.org/' } },
      { senderFrame: { ...frame, url: 'app://weakbench.example.org/' } },
      { senderFrame: { ...frame, url: 'not an address' } },
      { senderFrame: { ...frame, parent: frame } }
    ]
    for (const changes of foreign) expect(await call(1, 'app.info', {}, from(changes))).toMatchObject({ ok: false, error: { code: 'foreign-sender' } })
    expect(core.calls).toHaveLength(0)
  })

  it('cancels a call, and all calls of a page that is left or crashes', async () => {
    const untilAborted = ({ context: { signal } }: RecordedCall) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('gave up'))))
    await start({ respond: untilAborted })
    const replies = [1, 2, 3].map((id) => call(id, 'app.info'))
    await settle()
    stub.ipcMain.emit(channels.cancel, from({ sender: {} }), 1)
    stub.ipcMain.emit(channels.cancel, from(), 'one')
    expect(core.calls.some(({ context }) => context.signal.aborted)).toBe(false)
    stub.ipcMain.emit(channels.cancel, from(), 1)
    expect(await replies[0]).toMatchObject({ error: { code: 'cancelled' } })
    window().webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true })
    expect(core.calls[1]?.context.signal.aborted).toBe(false)
    window().webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
    expect((await Promise.all(replies)).map((reply) => !reply.ok && reply.error.code)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    const last = call(4, 'app.info')
    window().webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    expect(await last).toMatchObject({ error: { code: 'cancelled' } })
  })

  it('answers malformed input at every procedure (1000 cases and more)', async () => {
    await start()
    let cases = 0
    const expectAnswer = async (id: unknown, procedure: unknown, input: unknown) => {
      cases++
      expectProperReply(await call(id, procedure, input), { id, procedure, input })
    }
    for (const procedure of procedureNames) {
      const property = fc.asyncProperty(malformedInput(procedure), (input) => expectAnswer(1, procedure, input))
      await fc.assert(property, { numRuns: 22 })
    }
    await fc.assert(fc.asyncProperty(unknownProcedure, (name) => expectAnswer(1, name, {})), { numRuns: 60 })
    const oddId = fc.oneof(fc.constantFrom<unknown>(undefined, null, NaN, -1, 0.5, '1', {}, []), fc.double({ max: -1 }))
    await fc.assert(fc.asyncProperty(oddId, async (id) => {
      expect(await call(id, 'app.info')).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
    }))
    expect(cases).toBeGreaterThanOrEqual(1000)
    expect(await call(1, 'app.info')).toEqual({ ok: true, value: null })
  })
})

describe('the menu', () => {
  it('asks the window for commands and opens recent benches itself', async () => {
    const path = join(home, 'old.weakbench')
    writeFileSync(path, '')
    mkdirSync(join(home, 'state'))
    writeFileSync(join(home, 'state', 'recent.json'), JSON.stringify([{ path, openedAt: 1 }, { path: '/gone.weakbench', openedAt: 0 }]))
    await start({
      respond: () => {
        throw new BenchError('bench-damaged', 'The file is damaged.', { hint: 'Take a backup.' })
      }
    })
    for (const id of ['bench.create', 'bench.open', 'bench.backup', 'edit.undo', 'edit.redo', 'view.home', 'help.shortcuts']) {
      item(id)?.click?.()
      core.events.flush()
      expect(window().webContents.sent.at(-1)).toEqual([channels.events, [{ topic: 'menu.command', payload: { command: id } }]])
    }
    expect(item('bench.open')?.accelerator).toBe('CmdOrCtrl+O')
    expect(['cut', 'copy', 'paste', 'selectAll'].every((role) => item(role))).toBe(true)
    expect(item('gone  (/gone.weakbench)')?.enabled).toBe(false)
    item(`old  (${path})`)?.click?.()
    await settle()
    expect(core.calls.at(-1)).toMatchObject({ procedure: 'bench.open', input: { path } })
    expect(stub.shown.at(-1)).toEqual(['The bench could not be opened', 'The file is damaged.\n\nTake a backup.'])
  })
})

describe('instances and files', () => {
  it('ends when another instance has the bench', async () => {
    await start({ prepare: () => (stub.app.isFirst = false) })
    expect(stub.app.quits).toBe(1)
    expect(stub.StubWindow.last).toBeNull()
    expect(opened).toHaveLength(0)
  })

  it('opens the file of the command line, of a second instance and of a double click', async () => {
    await start({ argv: ['--bench', '/benches/a.weakbench', '--read-only'] })
    const host = { kind: 'electron', nativeDialogs: true, documents: home }
    expect(opened[0]).toMatchObject({ benchPath: '/benches/a.weakbench', readOnly: true, stateFolder: join(home, 'state'), host })
    window().minimized = true
    stub.app.emit('second-instance', {}, ['weakbench', 'b.weakbench'], '/elsewhere')
    const event = stub.stubEvent()
    stub.app.emit('open-file', event, '/benches/c.weakbench')
    await settle()
    expect(event.prevented).toBe(true)
    expect(window().minimized).toBe(false)
    expect(window().focused).toBe(1)
    expect(core.calls.map(({ procedure, input }) => [procedure, (input as { path: string }).path])).toEqual([
      ['bench.open', '/elsewhere/b.weakbench'],
      ['bench.open', '/benches/c.weakbench']
    ])
  })

  it('explains a bench that cannot be opened and offers another one', async () => {
    failures.set(join(home, 'My bench.weakbench'), { code: 'bench-foreign', message: 'My bench.weakbench is not a bench.', hint: 'Choose another file.' })
    await start({
      prepare: () => {
        stub.answers.response = 0
        stub.answers.filePaths = ['/benches/good.weakbench']
      }
    })
    expect(stub.shown[0]?.[0]).toMatchObject({ message: 'My bench.weakbench is not a bench.', detail: 'Choose another file.' })
    expect(opened.map(({ benchPath }) => benchPath)).toEqual([join(home, 'My bench.weakbench'), '/benches/good.weakbench'])
  })

  it('offers native dialogs to the core', async () => {
    await start()
    const host = opened[0]?.host
    stub.answers.filePaths = ['/benches/x.weakbench']
    expect(await host?.chooseBench('open')).toBe('/benches/x.weakbench')
    expect(await host?.chooseBench('create')).toBeNull()
    stub.answers.filePath = '/benches/new'
    expect(await host?.chooseBench('backup')).toBe('/benches/new.weakbench')
  })
})

describe('closing', () => {
  it('closes the core first, without asking when nothing runs', async () => {
    await start()
    const event = stub.stubEvent()
    window().emit('close', event)
    await settle()
    expect(event.prevented).toBe(true)
    expect([closed, stub.app.quits, stub.shown.length]).toEqual([1, 1, 0])
    const second = stub.stubEvent()
    window().emit('close', second)
    expect(second.prevented).toBe(false)
  })

  it('asks when jobs run, and stays when told so', async () => {
    await start()
    running = 2
    stub.answers.response = 1
    stub.app.quit()
    await settle()
    expect(stub.shown[0]?.[1]).toMatchObject({ message: '2 jobs are running.', cancelId: 1 })
    expect([closed, stub.app.quits]).toEqual([0, 0])
    stub.answers.response = 0
    stub.app.quit()
    await settle()
    expect([closed, stub.app.quits, stub.shown.length]).toEqual([1, 1, 2])
  })
})
