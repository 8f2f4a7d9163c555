import { fileURLToPath } from 'node:url'
import type { PeerCommand } from './peer.ts'

/** The bench's entry that everything is compared with. */
export const benchPeer = 'bench wasm'

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** Python would write compiled copies beside its sources, into the repository. */
const leaveNoCache = { PYTHONDONTWRITEBYTECODE: '1' }
const node = (name: string, remedy: string, ...args: string[]): PeerCommand => ({ name, command: process.execPath, args, remedy })

/**
 * Every peer there may be, each a process of its own.
 *
 * @param python the Python to run PyTorch and JAX with
 * @param threads how many threads they get; one peer for each number, of the bench for the largest and for one
 * @param gpu whether engines and libraries on a graphics card take part
 */
export function peerCommands(python: string, threads: readonly number[], gpu: boolean): PeerCommand[] {
  const bench = script('bench-peer.ts')
  const most = Math.max(...threads)
  const torch = (name: string, ...args: string[]): PeerCommand => ({
    name,
    command: python,
    args: [script('../peers/torch_peer.py'), ...args],
    env: leaveNoCache,
    remedy: `Install PyTorch for ${python} (pip install torch), or name another Python with --python.`
  })
  return [
    node('stock tfjs wasm', 'Install the dependencies (npm ci).', script('stock-peer.ts')),
    node(benchPeer, 'Install the dependencies (npm ci).', bench, 'wasm', String(most)),
    ...(most > 1 ? [node(`${benchPeer}, 1 thread`, 'Install the dependencies (npm ci).', bench, 'wasm', '1')] : []),
    node('bench tensorflow', 'Run: npm run setup:tensorflow', bench, 'tensorflow'),
    ...threads.map((count) => torch(`PyTorch, ${plural(count)}`, String(count))),
    ...threads.map((count) => ({
      name: `JAX, ${plural(count)}`,
      command: python,
      args: [script('../peers/jax_peer.py'), String(count)],
      // Its log of what it compiles is not wanted.
      env: { ...leaveNoCache, TF_CPP_MIN_LOG_LEVEL: '3' },
      remedy: `Install JAX for ${python} (pip install jax), or name another Python with --python.`
    })),
    ...(gpu ? [node('bench webgpu', 'See weakbench engines.', bench, 'webgpu'), torch('PyTorch, CUDA', '1', 'cuda')] : [])
  ]
}

export const plural = (count: number): string => (count === 1 ? '1 thread' : `${count} threads`)
