import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { writeCase } from './case-file.ts'
import { cases } from './cases.ts'
import type { Case } from './cases.ts'
import { startPeer } from './peer.ts'
import type { Peer, PeerCommand } from './peer.ts'
import { benchPeer, peerCommands } from './peers.ts'
import { deviants } from './statistics.ts'

const commands = peerCommands('a-python-that-is-not-there', [1], false)
const named = (name: string): PeerCommand => commands.find((command) => command.name === name) as PeerCommand
const folder = mkdtempSync(join(tmpdir(), 'benchmark-'))
const started: Peer[] = []

async function start(command: PeerCommand): Promise<Peer> {
  const peer = await startPeer(command)
  if (!('ask' in peer)) throw new Error(peer.reason)
  started.push(peer)
  return peer
}

/** What a peer computes in two steps of a case, by variant. */
async function valuesOf(peer: Peer, name: string): Promise<Record<string, readonly number[]>> {
  const loaded = await peer.ask({ op: 'load', file: writeCase(folder, cases.find((candidate) => candidate.name === name) as Case) })
  if (!('variants' in loaded)) throw new Error(JSON.stringify(loaded))
  const values: Record<string, readonly number[]> = {}
  for (const variant of loaded.variants) {
    const said = await peer.ask({ op: 'values', variant, steps: 2 })
    if (!('values' in said)) throw new Error(JSON.stringify(said))
    values[variant] = said.values
  }
  return values
}

afterEach(() => started.splice(0).forEach((peer) => peer.stop()))

it('computes with the bench what stock TensorFlow.js computes', async () => {
  const [bench, stock] = [await start(named(benchPeer)), await start(named('stock tfjs wasm'))]
  const [small, stockSmall] = [await valuesOf(bench, 'mlp-small'), await valuesOf(stock, 'mlp-small')]
  expect(small['']).toHaveLength(2)
  expect(deviants([small[''] ?? [], stockSmall[''] ?? []], 1e-4)).toEqual([false, false])
  const [seeds, stockSeeds] = [await valuesOf(bench, 'seeds-16'), await valuesOf(stock, 'seeds-16')]
  expect(seeds['together']).toHaveLength(32)
  expect(deviants([seeds['together'] ?? [], seeds['one after another'] ?? [], stockSeeds['one after another'] ?? []], 1e-4)).toEqual([false, false, false])
  const [product, stockProduct] = [await valuesOf(bench, 'product-64x64x64-tn'), await valuesOf(stock, 'product-64x64x64-tn')]
  expect(deviants([product[''] ?? [], stockProduct[''] ?? []], 1e-4)).toEqual([false, false])
})

it('begins anew with every question', async () => {
  const bench = await start(named(benchPeer))
  expect(await valuesOf(bench, 'mlp-small')).toEqual(await valuesOf(bench, 'mlp-small'))
})

it('says why a peer is missing and how to get it', async () => {
  expect(await startPeer(named('PyTorch, 1 thread'))).toEqual({
    name: 'PyTorch, 1 thread',
    reason: 'spawn a-python-that-is-not-there ENOENT',
    remedy: 'Install PyTorch for a-python-that-is-not-there (pip install torch), or name another Python with --python.'
  })
})

it('goes on when a peer dies', async () => {
  const script = "console.log(JSON.stringify({ version: '1', device: 'CPU' })); process.stdin.once('data', () => { console.error('out of luck'); process.exit(3) })"
  const peer = await start({ name: 'mortal', command: process.execPath, args: ['-e', script], remedy: '' })
  expect(await peer.ask({ op: 'load', file: '' })).toEqual({ failed: 'It ended (exit code 3). out of luck' })
  expect(await peer.ask({ op: 'load', file: '' })).toEqual({ failed: 'It ended (exit code 3). out of luck' })
})
