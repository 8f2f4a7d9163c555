import { describe, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import { BenchError, type EventMessage, menuCommands, type Reply, type Transport } from '../shared/contract/index.ts'
import { createClient } from './client.ts'
import { isCommandId } from './commands.ts'

function stubTransport(answer: Promise<Reply> = Promise.resolve({ ok: true, value: null })) {
  const calls: unknown[][] = []
  const cancelled: number[] = []
  let emit: (event: EventMessage) => void = () => undefined
  let tell: (state: 'connected' | 'reconnecting' | 'refused') => void = () => undefined
  const transport: Transport = {
    invoke: (...args) => {
      // As on its way to main: what cannot be cloned throws.
      calls.push(structuredClone(args))
      return answer
    },
    cancel: (id) => void cancelled.push(id),
    subscribe: (listener) => {
      emit = listener
      return () => undefined
    },
    onConnection: (listener) => {
      tell = listener
      return () => undefined
    }
  }
  return { transport, calls, cancelled, emit: (event: EventMessage) => emit(event), tell: (state: 'connected' | 'reconnecting' | 'refused') => tell(state) }
}

describe('the client', () => {
  it('numbers its calls and hands reactive objects over as plain ones', async () => {
    const { transport, calls } = stubTransport()
    const client = createClient(transport)
    await client.call('app.info')
    await client.call('runs.set-tags', reactive({ runId: 'r', tags: ['a', 'b'] }))
    expect(calls).toEqual([
      [1, 'app.info', undefined],
      [2, 'runs.set-tags', { runId: 'r', tags: ['a', 'b'] }]
    ])
  })

  it('rejects with the error that main sent', async () => {
    const error = { code: 'read-only', message: 'The bench is open read-only.', hint: 'Open it for writing.' } as const
    const client = createClient(stubTransport(Promise.resolve({ ok: false, error })).transport)
    const thrown: unknown = await client.call('journal.undo').catch((reason: unknown) => reason)
    expect(thrown).toBeInstanceOf(BenchError)
    expect((thrown as BenchError).payload).toEqual(error)
  })

  it('rejects as soon as the signal aborts and tells main', async () => {
    const { transport, cancelled } = stubTransport(new Promise(() => undefined))
    const client = createClient(transport)
    const controller = new AbortController()
    const call = client.call('bench.check', {}, { signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    await expect(client.call('bench.check', {}, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' })
    expect(cancelled).toEqual([1, 2])
  })

  it('hands events to the listeners of their topic until they stop', () => {
    const { transport, emit } = stubTransport()
    const client = createClient(transport)
    const [first, second, other] = [vi.fn(), vi.fn(), vi.fn()]
    const stop = client.on('notice', first)
    client.on('notice', second)
    client.on('journal.changed', other)
    emit({ topic: 'notice', payload: { level: 'info', message: 'one' } })
    stop()
    emit({ topic: 'notice', payload: { level: 'info', message: 'two' } })
    expect(first).toHaveBeenCalledOnce()
    expect(second.mock.calls).toEqual([[{ level: 'info', message: 'one' }], [{ level: 'info', message: 'two' }]])
    expect(other).not.toHaveBeenCalled()
  })

  it('knows the state of its connection', () => {
    const { transport, tell } = stubTransport()
    const client = createClient(transport)
    const heard = vi.fn()
    client.onConnection(heard)
    expect(client.connection).toBe('connected')
    tell('reconnecting')
    expect(client.connection).toBe('reconnecting')
    expect(heard).toHaveBeenCalledExactlyOnceWith('reconnecting')
  })
})

describe('the native menu', () => {
  it('asks only for commands that the window has', () => {
    expect(menuCommands.filter((command) => !isCommandId(command))).toEqual([])
  })
})
