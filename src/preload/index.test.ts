import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import type { Transport } from '../shared/contract/transport.ts'

const exposed = new Map<string, unknown>()
const asked: unknown[][] = []
const ipc = Object.assign(new EventEmitter(), {
  invoke: (...args: unknown[]) => Promise.resolve(asked.push(args)),
  send: (...args: unknown[]) => void asked.push(args)
})
vi.mock('electron', () => ({ contextBridge: { exposeInMainWorld: (name: string, value: unknown) => exposed.set(name, value) }, ipcRenderer: ipc, webUtils: { getPathForFile: (file: { name: string }) => `/dropped/${file.name}` } }))

describe('the preload', () => {
  it('exposes the transport, over fixed channels, and nothing of Electron', async () => {
    await import('./index.ts')
    expect([...exposed.keys()]).toEqual(['weakbench'])
    const transport = exposed.get('weakbench') as Transport & { pathOfFile(file: object): string }
    expect(Object.keys(transport).sort()).toEqual(['cancel', 'invoke', 'pathOfFile', 'subscribe'])
    expect(transport.pathOfFile({ name: 'mail.csv' })).toBe('/dropped/mail.csv')
    await transport.invoke(1, 'app.info', {})
    transport.cancel(1)
    expect(asked).toEqual([
      ['weakbench:call', 1, 'app.info', {}],
      ['weakbench:cancel', 1]
    ])
    const heard: unknown[] = []
    const stop = transport.subscribe((...args) => heard.push(args))
    ipc.emit('weakbench:events', { sender: ipc }, [{ topic: 'notice' }, { topic: 'menu.command' }])
    stop()
    ipc.emit('weakbench:events', {}, [{ topic: 'notice' }])
    // One argument each: the event object of Electron, which leads to its sender, stays behind.
    expect(heard).toEqual([[{ topic: 'notice' }], [{ topic: 'menu.command' }]])
  })
})
