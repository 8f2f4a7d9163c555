import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { confidentJoint } from '../../src/main/noise/confident-learning/confident-joint.ts'
import { confidentLearning } from '../../src/main/noise/confident-learning/confident-learning.ts'
import { flaggedRows } from '../../src/main/noise/confident-learning/pruning.ts'
import { checkLabelled, type LabelledProbabilities } from '../../src/main/noise/inputs.ts'
import { stream } from '../../src/main/learn/random.ts'
import { describeMachine } from '../compute/machine.ts'

interface Options {
  readonly rows: number
  readonly python: string
  readonly json: boolean
}

/** What is timed, in seconds: the shortest of some repetitions. */
interface Times {
  /** Rows flagged by noise rate. */
  readonly flagSeconds: number
  /** Thresholds, both confident joints, noise matrices, prior, number of label issues, rows flagged by noise rate, self-confidence. */
  readonly learnSeconds: number
  /** All of that with seven ways of flagging and three scores. */
  readonly everythingSeconds: number
}

interface Peer extends Times {
  readonly version: string
  readonly flagged: number
  readonly checksum: number
}

const classes = 10
const repeats = 3

/** `npm run -s benchmark -- noise`: confident learning over a million rows of ten classes, beside cleanlab where it is installed. */
export async function noise({ rows, python, json }: Options): Promise<void> {
  const input = drawInput(rows)
  const own = measure(input)
  const peer = askPeer(python, input)
  const flagged = flaggedRows(input, confidentJoint(input), ['prune-by-noise-rate'])['prune-by-noise-rate'] as Int32Array
  const sameRows = peer === null ? null : peer.flagged === flagged.length && peer.checksum === checksumOf(flagged)
  const ratio = (of: keyof Times): number | null => (peer === null ? null : peer[of] / own[of])
  const ratios = { flag: ratio('flagSeconds'), learn: ratio('learnSeconds'), everything: ratio('everythingSeconds') }
  const result = { benchmark: 'noise', machine: describeMachine(), rows, classes, confidentLearning: { ...own, flagged: flagged.length, cleanlab: peer, ratios, sameRows } }
  console.log(json ? JSON.stringify(result) : report(result.confidentLearning, result.machine, rows))
  return Promise.resolve()
}

function drawInput(rows: number): LabelledProbabilities {
  const random = stream(0, 'benchmark-noise')
  const labels = new Int32Array(rows)
  const probabilities = new Float64Array(rows * classes)
  for (let i = 0; i < rows; i++) {
    const truth = random.integer(classes)
    let sum = 0
    for (let c = 0; c < classes; c++) sum += probabilities[i * classes + c] = Math.exp(1.2 * random.normal() + (c === truth ? 3 : 0))
    for (let c = 0; c < classes; c++) probabilities[i * classes + c] = (probabilities[i * classes + c] as number) / sum
    labels[i] = random.bernoulli(0.2) ? random.integer(classes) : truth
  }
  return { rows, classes, labels, probabilities }
}

function measure(input: LabelledProbabilities): Times {
  const best = (work: () => unknown): number => {
    const times = Array.from({ length: repeats }, () => {
      const began = performance.now()
      work()
      return (performance.now() - began) / 1000
    })
    return Math.min(...times)
  }
  const flagSeconds = best(() => {
    checkLabelled(input)
    return flaggedRows(input, confidentJoint(input), ['prune-by-noise-rate'])
  })
  const learnSeconds = best(() => confidentLearning(input, { methods: ['prune-by-noise-rate'], scores: ['self-confidence'] }))
  return { flagSeconds, learnSeconds, everythingSeconds: best(() => confidentLearning(input)) }
}

function askPeer(python: string, { labels, probabilities }: LabelledProbabilities): Peer | null {
  const folder = mkdtempSync(join(tmpdir(), 'weakbench-noise-'))
  try {
    const files = [join(folder, 'labels'), join(folder, 'probabilities')] as const
    writeFileSync(files[0], labels)
    writeFileSync(files[1], probabilities)
    const { status, stdout } = spawnSync(python, [join(import.meta.dirname, 'cleanlab_peer.py'), ...files, String(repeats)], { encoding: 'utf8' })
    return status === 0 ? (JSON.parse(stdout) as Peer) : null
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A number that two lists of rows share only where they are the same, or by rare chance; as in cleanlab_peer.py. */
function checksumOf(rows: Int32Array): number {
  let sum = 0
  for (let at = 0; at < rows.length; at++) sum += ((rows[at] as number) % 1_000_003) * (at % 1009)
  return sum % 1_000_000_007
}

function report(result: Times & { readonly flagged: number; readonly cleanlab: Peer | null; readonly sameRows: boolean | null }, machine: ReturnType<typeof describeMachine>, rows: number): string {
  const { cleanlab } = result
  const line = (what: string, of: keyof Times): string =>
    `${what}: ${result[of].toFixed(3)} s` + (cleanlab === null ? '' : `; cleanlab ${cleanlab[of].toFixed(2)} s, ${(cleanlab[of] / result[of]).toFixed(1)} times as long`)
  return [
    `${machine.processor}, ${machine.cores} cores`,
    `confident learning over ${rows.toLocaleString('en')} x ${classes} probabilities${cleanlab === null ? ' (cleanlab is not installed)' : `, beside cleanlab ${cleanlab.version}`}`,
    line('rows flagged by noise rate', 'flagSeconds'),
    line('thresholds, joints, matrices, number of issues, flagged rows, self-confidence', 'learnSeconds'),
    line('the same with seven ways of flagging and three scores', 'everythingSeconds'),
    `${result.flagged} rows flagged${result.sameRows === null ? '' : result.sameRows ? ', the same as cleanlab flags' : `, not the same as cleanlab's ${cleanlab?.flagged ?? 0}`}`
  ].join('\n')
}
