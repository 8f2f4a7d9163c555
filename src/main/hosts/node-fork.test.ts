import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { WorkerExit, WorkerProcess } from '../jobs/worker-process.ts'
import { nodeFork } from './node-fork.ts'

const channel = join(import.meta.dirname, '../jobs/worker-channel.ts')
const folder = mkdtempSync(join(tmpdir(), 'weakbench-fork-'))

/** Starts a worker that runs these lines with `channel` open. */
function start(name: string, lines: string): WorkerProcess {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(path, `import { openWorkerChannel } from ${JSON.stringify(channel)}\nconst channel = openWorkerChannel()\n${lines}`)
  return nodeFork(path)()
}
const exitOf = (worker: WorkerProcess) => new Promise<WorkerExit>((resolve) => worker.onExit(resolve))
const messageOf = (worker: WorkerProcess) => new Promise<unknown>((resolve) => worker.onMessage(resolve))

describe('a forked worker', () => {
  it('talks in structured clones', async () => {
    const worker = start('echo', 'channel.onMessage((message) => channel.send({ echo: message }))')
    const sent = { weights: Float32Array.of(1, NaN, -0), when: new Date(5), map: new Map([['a', undefined]]) }
    worker.send(sent)
    expect(await messageOf(worker)).toEqual({ echo: sent })
    expect(worker.pid).toBeGreaterThan(0)
    const exit = exitOf(worker)
    worker.kill()
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' })
    worker.send('too late')
  })

  it('delivers every message before its exit', async () => {
    const worker = start('burst', 'for (let i = 0; i < 2000; i++) channel.send({ i, pad: new Uint8Array(500) })\nawait channel.sent()\nprocess.exit(3)')
    const order: unknown[] = []
    worker.onMessage((message) => order.push((message as { readonly i: number }).i))
    const exit = await exitOf(worker)
    expect(exit).toEqual({ code: 3, signal: null })
    expect(order).toEqual(Array.from({ length: 2000 }, (_, index) => index))
  })

  it('keeps its last words for the reason of a failure', async () => {
    const worker = start('fail', "for (let i = 0; i < 5000; i++) console.log('line', i)\nthrow new Error('out of memory in layer 3')")
    expect(await exitOf(worker)).toEqual({ code: 1, signal: null })
    expect(worker.lastOutput()).toContain('out of memory in layer 3')
    expect(worker.lastOutput().length).toBeLessThanOrEqual(8000)
  })

  it('survives a Ctrl+C meant for main, and ends when main is gone', async () => {
    const worker = start('loyal', "channel.onDisconnect(() => process.exit(7))\nchannel.onMessage(() => channel.send('alive'))\nchannel.send('ready')")
    expect(await messageOf(worker)).toBe('ready')
    process.kill(worker.pid ?? 0, 'SIGINT')
    const answer = messageOf(worker)
    worker.send('still there?')
    expect(await answer).toBe('alive')
    worker.kill()
    await exitOf(worker)

    const orphan = fork(join(folder, 'loyal.mjs'), [], { execArgv: [] })
    await once(orphan, 'message')
    orphan.disconnect()
    expect(await once(orphan, 'exit')).toEqual([7, null])
  })

  it('that cannot start exits with the reason', async () => {
    const worker = nodeFork(join(folder, 'missing.mjs'))()
    expect((await exitOf(worker)).code).not.toBe(0)
    expect(worker.lastOutput()).toContain('missing.mjs')
  })
})
