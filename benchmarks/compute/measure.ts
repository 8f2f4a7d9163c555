import { writeCase } from './case-file.ts'
import type { Case, Spec } from './cases.ts'
import { operationsOf } from './operations.ts'
import type { Peer } from './peer.ts'
import { benchPeer } from './peers.ts'
import type { Answer } from './protocol.ts'
import { deviants, gigaflops, speedup, summarize } from './statistics.ts'
import type { Summary } from './statistics.ts'

export interface Effort {
  /** How often every entry is timed, in turn with the others. */
  readonly rounds: number
  /** Time of an entry in a round, for training steps and for products. */
  readonly milliseconds: { readonly step: number; readonly product: number }
}
export const thorough: Effort = { rounds: 7, milliseconds: { step: 300, product: 80 } }
export const quick: Effort = { rounds: 3, milliseconds: { step: 100, product: 30 } }

/** Steps whose losses are compared before anything is timed, and how far they may differ, relatively. */
const comparedSteps = 5
const tolerance = 1e-3

interface Named {
  readonly peer: string
  /** `together` or `one after another`; empty where there is but one way. */
  readonly variant: string
}

/** A peer's result on a case. */
export type Entry = Named & (Measured | { readonly failed: string })

export interface Measured extends Summary {
  readonly gigaflops: number
  /** How many times as fast the bench's wasm is in its own best variant: above 1, the bench is faster. */
  readonly benchIsFaster: number | null
}

export interface CaseResult {
  readonly name: string
  readonly title: string
  readonly kind: Spec['kind']
  readonly operations: number
  readonly entries: readonly Entry[]
}

interface Contender {
  readonly peer: Peer
  readonly variant: string
  readonly values: readonly number[]
  readonly rounds: (readonly number[])[]
  failed: string | null
}

/** Measures one case on all peers: the same numbers first, then times, in turns. */
export async function measureCase(measured: Case, peers: readonly Peer[], folder: string, effort: Effort): Promise<CaseResult> {
  const file = writeCase(folder, measured)
  const contenders: Contender[] = []
  const failures: Entry[] = []
  for (const peer of peers) {
    const loaded = await peer.ask({ op: 'load', file })
    if (!('variants' in loaded)) {
      failures.push({ peer: peer.name, variant: '', failed: failureOf(loaded) })
      continue
    }
    for (const variant of loaded.variants) {
      const said = await peer.ask({ op: 'values', variant, steps: comparedSteps })
      if ('values' in said) contenders.push({ peer, variant, values: said.values, rounds: [], failed: null })
      else failures.push({ peer: peer.name, variant, failed: failureOf(said) })
    }
  }
  markDeviants(contenders)
  const fit = contenders.filter(({ failed }) => failed === null)
  const milliseconds = effort.milliseconds[measured.spec.kind === 'product' ? 'product' : 'step']
  for (let round = 0; round < effort.rounds; round++) {
    // Each round begins with another entry, so that none always follows the same one.
    for (let turn = 0; turn < fit.length; turn++) await timeOnce(fit[(turn + round) % fit.length] as Contender, milliseconds)
  }
  return resultOf(measured, contenders, failures)
}

/** Who computes something else is not timed: its time would say nothing. */
function markDeviants(contenders: readonly Contender[]): void {
  const wrong = deviants(contenders.map(({ values }) => values), tolerance)
  contenders.forEach((contender, i) => {
    if (wrong[i] === true) contender.failed = `Its numbers differ from the others': ${contender.values.slice(0, 3).map((value) => value.toPrecision(6)).join(', ')} ...`
  })
}

async function timeOnce(contender: Contender, milliseconds: number): Promise<void> {
  if (contender.failed !== null) return
  const said = await contender.peer.ask({ op: 'time', variant: contender.variant, milliseconds })
  if ('times' in said) contender.rounds.push(said.times)
  else contender.failed = failureOf(said)
}

function resultOf({ name, title, spec }: Case, contenders: readonly Contender[], failures: readonly Entry[]): CaseResult {
  const operations = operationsOf(spec)
  const summaries = contenders.map(({ peer, variant, rounds, failed }) => ({ peer: peer.name, variant, failed, summary: failed === null ? summarize(rounds) : null }))
  const bench = Math.min(...summaries.flatMap(({ peer, summary }) => (peer === benchPeer && summary ? [summary.ms] : [])))
  const entries = summaries.map(({ peer, variant, failed, summary }): Entry => {
    if (!summary) return { peer, variant, failed: failed ?? '' }
    const benchIsFaster = Number.isFinite(bench) ? speedup(bench, summary.ms) : null
    return { peer, variant, ...summary, gigaflops: gigaflops(operations, summary.ms), benchIsFaster }
  })
  return { name, title, kind: spec.kind, operations, entries: [...entries, ...failures] }
}

const failureOf = (answer: Answer): string => ('failed' in answer ? answer.failed : 'It answered something else than was asked.')
