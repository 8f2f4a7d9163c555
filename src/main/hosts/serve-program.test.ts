import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { SocketPeer } from './testing/socket-peer.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weakbench-serve-'))
})

interface Running {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  readonly ended: Promise<number | null>
}

function serve(...args: string[]): Running {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/serve-process.ts'), ...args], { env: { ...process.env, WEAKBENCH_HOME: home }, cwd: home })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

async function address({ child, output, ended }: Running): Promise<string> {
  let over = false
  void ended.then(() => (over = true))
  while (!output.stdout.includes('\n') && !over) await Promise.race([once(child.stdout ?? child, 'data'), ended])
  const url = /http:\S+/.exec(output.stdout)?.[0]
  if (!url) throw new Error(`No address: ${output.stdout}${output.stderr}`)
  return url
}

describe('serving from a terminal', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('prints one line, answers, and ends cleanly at %s', async (signal) => {
    const running = serve('--port', '0')
    const peer = await SocketPeer.connect(await address(running))
    expect(await peer.call('bench.info')).toMatchObject({ ok: true, value: { name: 'My bench', readOnly: false } })
    running.child.kill(signal)
    expect(await running.ended).toBe(0)
    expect(peer.closeCode).toBe(1001)
    expect(running.output.stdout).toMatch(/^Weakbench is at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/)
    expect(running.output.stderr).toBe('')
    // A bench that was closed leaves no write-ahead log behind.
    expect(existsSync(join(home, 'My bench.weakbench'))).toBe(true)
    expect(existsSync(join(home, 'My bench.weakbench-wal'))).toBe(false)
  })

  it('opens the file it is given, read-only when told so', async () => {
    const path = join(home, 'mine.weakbench')
    const first = serve('--port', '0', '--bench', path)
    await address(first)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    const second = serve('--port', '0', '--bench', 'mine.weakbench', '--read-only')
    const peer = await SocketPeer.connect(await address(second))
    expect(await peer.call('bench.info')).toMatchObject({ ok: true, value: { path, readOnly: true } })
    second.child.kill('SIGTERM')
    await second.ended
  })

  it('says which port is taken and what to do', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const { port } = blocker.address() as AddressInfo
    const running = serve('--port', String(port))
    expect(await running.ended).toBe(1)
    expect(running.output).toEqual({
      stdout: '',
      stderr: `Port ${port} is in use by another program. Choose another one with --port N, or leave --port out to get a free one.\n`
    })
    blocker.close()
  })

  it('leaves a file that is not a bench as it is and says so', async () => {
    const path = join(home, 'notes.weakbench')
    writeFileSync(path, 'groceries: milk, eggs\n'.repeat(100))
    const running = serve('--bench', path)
    expect(await running.ended).toBe(1)
    expect(running.output.stdout).toBe('')
    expect(running.output.stderr).toContain('notes.weakbench')
    expect(running.output.stderr.trim().split('\n')).toHaveLength(1)
    expect(readFileSync(path, 'utf8')).toBe('groceries: milk, eggs\n'.repeat(100))
  })

  it('answers a wrong command line with one sentence and exit code 2, and makes no file', async () => {
    const running = serve('--port', 'seven')
    expect(await running.ended).toBe(2)
    expect(running.output).toEqual({ stdout: '', stderr: '"seven" is not a port. Give a number from 0 to 65535 (0 takes any free one), or leave --port out.\n' })
    expect(existsSync(join(home, 'My bench.weakbench'))).toBe(false)
  })

  it('shows its help', async () => {
    const running = serve('--help')
    expect(await running.ended).toBe(0)
    expect(running.output.stdout).toContain('--read-only')
  })
})
