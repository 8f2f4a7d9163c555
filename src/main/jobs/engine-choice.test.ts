import { describe, expect, it } from 'vitest'
import type { EngineInfo } from '../../shared/domain/engine.ts'
import { bestOf, EngineChoice, type EngineMeasurements, referenceModel } from './engine-choice.ts'
import type { EngineTask, FromWorker } from './protocol.ts'
import type { ForkWorker, WorkerExit } from './worker-process.ts'

type Reaction = FromWorker | 'crash' | 'silence'

/** Workers that react to a task as told; `asked` lists what they were asked. */
function workers(react: (task: EngineTask) => Reaction): { readonly fork: ForkWorker; readonly asked: EngineTask[] } {
  const asked: EngineTask[] = []
  const fork: ForkWorker = () => {
    let hear: (message: unknown) => void = () => undefined
    let exit: (how: WorkerExit) => void = () => undefined
    return {
      pid: 1,
      send(message) {
        const { task } = message as { task: EngineTask }
        asked.push(task)
        const reaction = react(task)
        if (reaction === 'silence') return
        queueMicrotask(() => {
          if (reaction !== 'crash') hear(reaction)
          exit(reaction === 'crash' ? { code: null, signal: 'SIGSEGV' } : { code: 0, signal: null })
        })
      },
      onMessage: (listener) => void (hear = listener),
      onExit: (listener) => void (exit = listener),
      kill: () => exit({ code: null, signal: 'SIGKILL' }),
      lastOutput: () => ''
    }
  }
  return { fork, asked }
}

const card = { available: true, automatic: true, device: 'Card (discrete GPU)', version: '1', reason: null, remedy: null }
const software = { ...card, automatic: false, device: 'llvmpipe (software, slow)' }
const done = (result: unknown): FromWorker => ({ type: 'done', result })
const store = (): { read(): EngineMeasurements; write(changed: EngineMeasurements): void } => {
  let kept: EngineMeasurements = {}
  return { read: () => kept, write: (changed) => void (kept = changed) }
}
const measured = (asked: readonly EngineTask[]): string[] => asked.flatMap((task) => (task.kind === 'measure' ? [task.engine] : [])).filter((engine) => engine !== 'tensorflow')
/** A machine with a card, where each engine's step takes as long as told; TensorFlow, should it be set up here, is slow. */
const machine = (times: { webgpu: number; wasm: number }, probe: Reaction = done(card)) =>
  workers((task) => (task.kind === 'probe-webgpu' ? probe : done(task.engine === 'tensorflow' ? 1e6 : times[task.engine as keyof typeof times])))

describe('the choice of an engine', () => {
  it('measures each once, takes the fastest, and remembers it for models of about that size', async () => {
    const { fork, asked } = machine({ webgpu: 1, wasm: 4 })
    const kept = store()
    const choice = new EngineChoice(fork, kept)
    expect((await choice.choose({ widths: [196, 128, 10], batch: 64 })).id).toBe('webgpu')
    expect(measured(asked)).toEqual(['webgpu', 'wasm'])
    expect((await choice.choose({ widths: [200, 100, 9], batch: 60 })).id).toBe('webgpu')
    expect((await new EngineChoice(fork, kept).choose({ widths: [196, 128, 10], batch: 64 })).id).toBe('webgpu')
    expect(measured(asked)).toEqual(['webgpu', 'wasm'])
    await choice.choose({ widths: [196, 1024, 10], batch: 64 })
    expect(measured(asked)).toEqual(['webgpu', 'wasm', 'webgpu', 'wasm'])
  })

  it('shows the times with the model, and measures anew when asked', async () => {
    const { fork, asked } = machine({ webgpu: 3, wasm: 0.5 })
    const choice = new EngineChoice(fork, store())
    expect((await choice.list()).map(({ measurement }) => measurement)).toEqual([null, null, null, null])
    const engines = await choice.measure()
    expect(engines.find(({ id }) => id === 'webgpu')?.measurement).toMatchObject({ model: 'dense 196-128-128-10, batch 64', millisecondsPerStep: 3, failure: null })
    expect(engines.find(({ id }) => id === 'cpu')?.measurement).toBeNull()
    expect(engines.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual(['wasm'])
    await Promise.all([choice.measure(), choice.measure()])
    expect(measured(asked)).toEqual(['webgpu', 'wasm', 'webgpu', 'wasm', 'webgpu', 'wasm'])
    expect(await choice.list()).toEqual(await choice.list(referenceModel))
  })

  it('never takes a driver that computes on the CPU, nor measures it', async () => {
    const { fork, asked } = machine({ webgpu: 0.01, wasm: 4 }, done(software))
    const choice = new EngineChoice(fork, store())
    expect((await choice.choose(referenceModel)).id).toBe('wasm')
    await choice.measure()
    expect(measured(asked)).not.toContain('webgpu')
    expect((await choice.list()).find(({ id }) => id === 'webgpu')).toMatchObject({ available: true, automatic: false })
  })

  it.each([
    ['crash', 'Looking for GPUs failed: It crashed (SIGSEGV).'],
    ['silence', 'Looking for GPUs failed: It did not answer within 0.05 s.']
  ] as const)('outlives a driver at whose first touch there is only %s', async (probe, reason) => {
    const choice = new EngineChoice(machine({ webgpu: 1, wasm: 1 }, probe).fork, store(), { probe: 50 })
    const webgpu = (await choice.list()).find(({ id }) => id === 'webgpu')
    expect(webgpu).toMatchObject({ available: false, reason })
    expect(webgpu?.remedy).toContain('WebAssembly')
    expect((await choice.choose(referenceModel)).id).toBe('wasm')
  })

  it('looks for GPUs once', async () => {
    const { fork, asked } = machine({ webgpu: 1, wasm: 1 })
    const choice = new EngineChoice(fork, store())
    await Promise.all([choice.list(), choice.list(), choice.choose(referenceModel)])
    expect(asked.filter(({ kind }) => kind === 'probe-webgpu')).toHaveLength(1)
  })

  it('takes another where one fails while it is measured, and says why', async () => {
    const { fork } = workers((task) => (task.kind === 'probe-webgpu' ? done(card) : task.engine === 'webgpu' ? 'crash' : done(2)))
    const choice = new EngineChoice(fork, store())
    expect((await choice.choose(referenceModel)).id).toBe('wasm')
    expect((await choice.list()).find(({ id }) => id === 'webgpu')?.measurement).toMatchObject({ millisecondsPerStep: null, failure: 'It crashed (SIGSEGV).' })
  })
})

it('leaves the engine that runs everywhere only for one that is clearly faster', () => {
  const engine = (id: EngineInfo['id'], time: number | null): EngineInfo => ({
    id, name: id, available: true, automatic: true, isDefault: false, device: '', version: '', reason: null, remedy: null,
    measurement: time === null ? null : { model: '', millisecondsPerStep: time, failure: null, measuredAt: 0 }
  })
  expect(bestOf([engine('webgpu', 0.95), engine('wasm', 1)])).toBe('wasm')
  expect(bestOf([engine('webgpu', 0.8), engine('wasm', 1)])).toBe('webgpu')
  expect(bestOf([engine('webgpu', 0.8), engine('wasm', null)])).toBe('wasm')
  expect(bestOf([engine('tensorflow', 0.5), engine('webgpu', 0.8), engine('wasm', 1)])).toBe('tensorflow')
  expect(bestOf([])).toBe('wasm')
})
