import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { readCase } from './case-file.ts'
import { cases } from './cases.ts'
import type { Case } from './cases.ts'
import { measureCase } from './measure.ts'
import type { Peer } from './peer.ts'
import { benchPeer } from './peers.ts'
import type { Answer, Question } from './protocol.ts'
import { reportText } from './report.ts'

const product = cases.find(({ name }) => name === 'product-128x784x256-nt') as Case
const effort = { rounds: 3, milliseconds: { step: 1, product: 1 } }
let asked: string[] = []
let folder = ''

/** A peer that answers with fixed numbers. */
function peerOf(name: string, answers: { values?: number[]; times?: number[]; failed?: string; variants?: string[] }): Peer {
  const answer = ({ op }: Question): Answer => {
    if (op === 'load') return answers.failed === undefined ? { variants: answers.variants ?? [''] } : { failed: answers.failed }
    if (op === 'values') return { values: answers.values ?? [1, 2] }
    asked.push(name)
    return { times: answers.times ?? [] }
  }
  return { name, version: '1', device: 'CPU', ask: (question) => Promise.resolve(answer(question)), stop: () => undefined }
}

beforeEach(() => {
  asked = []
  folder = mkdtempSync(join(tmpdir(), 'benchmark-'))
})

it('times those that agree, in turns, and compares them with the bench', async () => {
  const peers = [peerOf(benchPeer, { times: [2, 2, 8] }), peerOf('other', { times: [4] }), peerOf('wrong', { values: [1, 3] }), peerOf('broken', { failed: 'no kernel' })]
  const result = await measureCase(product, peers, folder, effort)
  expect(asked).toEqual([benchPeer, 'other', 'other', benchPeer, benchPeer, 'other'])
  expect(result.entries).toEqual([
    { peer: benchPeer, variant: '', ms: 2, least: 2, most: 2, gigaflops: 51_380_224 / 2e6, benchIsFaster: 1 },
    { peer: 'other', variant: '', ms: 4, least: 4, most: 4, gigaflops: 51_380_224 / 4e6, benchIsFaster: 2 },
    { peer: 'wrong', variant: '', failed: "Its numbers differ from the others': 1.00000, 3.00000 ..." },
    { peer: 'broken', variant: '', failed: 'no kernel' }
  ])
})

it('compares with the best variant of the bench, and says nothing without the bench', async () => {
  const variants = ['together', 'one after another']
  const both = await measureCase(product, [peerOf(benchPeer, { variants, times: [2] }), peerOf('other', { variants, times: [6] })], folder, effort)
  expect(both.entries.map((entry) => ('benchIsFaster' in entry ? [entry.variant, entry.benchIsFaster] : null))).toEqual([
    ['together', 1],
    ['one after another', 1],
    ['together', 3],
    ['one after another', 3]
  ])
  const [other] = (await measureCase(product, [peerOf('other', { times: [6] })], folder, effort)).entries
  expect(other).toMatchObject({ ms: 6, benchIsFaster: null })
})

it('gives every peer the same arrays', async () => {
  const files: string[] = []
  const peer = { ...peerOf('other', { times: [1] }), ask: (question: Question): Promise<Answer> => {
    if (question.op === 'load') files.push(question.file)
    return Promise.resolve({ failed: 'enough' })
  } }
  const small = cases.find(({ name }) => name === 'seeds-16') as Case
  await measureCase(small, [peer], folder, effort)
  const { description, arrays } = await readCase(files[0] as string)
  expect(description.spec).toEqual(small.spec)
  expect([...arrays.values()].map(({ name, shape }) => [name, shape])).toEqual([
    ['body/0/kernel', [16, 20, 32]],
    ['body/0/bias', [16, 32]],
    ['head/0/kernel', [16, 32, 10]],
    ['head/0/bias', [16, 10]],
    ['x', [16, 32, 20]],
    ['y', [16, 32]]
  ])
  const y = arrays.get('y')?.values as Int32Array
  expect(y).toBeInstanceOf(Int32Array)
  expect([Math.min(...y), Math.max(...y)]).toEqual([0, 9])
  const kernel = arrays.get('body/0/kernel')?.values as Float32Array
  const variance = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length
  expect(variance).toBeCloseTo(2 / 20, 2)
})

it('reports for people: products in one table, failures in words, missing peers with what to do', async () => {
  const peers = [peerOf(benchPeer, { times: [2] }), peerOf('other', { times: [4] }), peerOf('broken', { failed: 'no kernel' })]
  const results = [await measureCase(cases[0] as Case, peers, folder, effort), await measureCase(product, peers, folder, effort)]
  const text = reportText({
    benchmark: 'compute',
    date: '2026-01-02T03:04:05.000Z',
    machine: { processor: 'Test', cores: 2, memoryGiB: 8, system: 'Linux', node: '24', loadBefore: 0 },
    effort: 'quick',
    peers,
    missing: [{ name: 'JAX, 1 thread', reason: 'No module named jax.', remedy: 'Install JAX.' }],
    cases: results
  })
  expect(text).toContain('JAX, 1 thread: missing. No module named jax. Install JAX.')
  expect(text).toMatch(/other +│ +4\.00 │ +4\.00 to 4\.00 │ +26\.2 │ +2\.00 x as fast/)
  expect(text).toContain('not timed: no kernel')
  expect(text).toMatch(/128 x 784 x 256, nt +│ +25\.7 │ +12\.8 │ +not timed/)
})
