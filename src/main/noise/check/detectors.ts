import { type DetectorName, detectorForms } from '../../../shared/domain/noise-check.ts'
import type { PruningMethod } from '../../../shared/domain/noise.ts'
import { predictedClasses } from '../../learn/evaluators.ts'
import { confidentLearning } from '../confident-learning/confident-learning.ts'
import type { Detection } from '../detection.ts'
import { areaUnderMargin } from '../dynamics/area-under-margin.ts'
import { dataMap, dataMapDetection } from '../dynamics/data-map.ts'
import type { DynamicsRecord } from '../dynamics/dynamics-record.ts'
import { lossDetection, meanLoss } from '../dynamics/early-loss.ts'
import { forgettingDetection, forgettingEvents } from '../dynamics/forgetting.ts'
import { flaggedBySplit } from '../detection.ts'
import { neighbourDetection } from '../neighbours/neighbour-labels.ts'
import type { NeighbourGraph } from '../neighbours/nearest-neighbours.ts'
import { scaledToUnit } from '../../learn/robust/two-components.ts'
import type { GivenProbabilities } from './given-probabilities.ts'

/** What detectors look at; a part that could not be had carries the reason. */
export interface DetectorInputs {
  /** Given labels of the rows that are checked. */
  readonly labels: Int32Array
  readonly classes: number
  readonly probabilities: GivenProbabilities
  readonly dynamics: DynamicsRecord | null
  readonly graph: NeighbourGraph | { readonly unavailable: string } | null
  readonly pruning: PruningMethod
  readonly adjust: boolean
}

/** Share of the epochs that count as early. */
const earlyShare = 0.5

/** Runs one detector, or says what it lacks. */
export function detect(name: DetectorName, inputs: DetectorInputs): Detection | { readonly unavailable: string } {
  const needs = detectorForms.find((form) => form.name === name)?.needs
  if (needs === 'probabilities') return fromProbabilities(name, inputs)
  if (needs === 'dynamics') return inputs.dynamics === null ? { unavailable: 'No training was watched.' } : fromDynamics(name, inputs.dynamics)
  const { graph } = inputs
  if (graph === null) return { unavailable: 'No neighbours were looked for.' }
  if ('unavailable' in graph) return graph
  return neighbourDetection(graph, inputs.labels, inputs.classes, name === 'neighbour-vote' ? 'distance' : 'equal')
}

function fromProbabilities(name: DetectorName, { labels, classes, probabilities, pruning, adjust }: DetectorInputs): Detection | { readonly unavailable: string } {
  if (probabilities.probabilities === null) return { unavailable: probabilities.reason }
  const score = name === 'confident-learning' ? 'self-confidence' : name === 'normalized-margin' ? 'normalized-margin' : 'confidence-weighted-entropy'
  const found = confidentLearning({ rows: labels.length, classes, labels, probabilities: probabilities.probabilities }, { methods: [pruning], scores: [score], adjust })
  const scores = found.scores[score] ?? new Float64Array(labels.length)
  const rows = found.issues[pruning] ?? new Int32Array(0)
  const flagged = new Uint8Array(labels.length)
  for (const row of rows) flagged[row] = 1
  // Confident learning says how many labels are wrong; the other scores flag as many of their most suspicious.
  return { scores, flagged: name === 'confident-learning' ? flagged : lowest(scores, rows.length) }
}

function lowest(scores: Float64Array, count: number): Uint8Array {
  const flagged = new Uint8Array(scores.length)
  for (const row of Int32Array.from(scores.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b).subarray(0, count)) flagged[row] = 1
  return flagged
}

function fromDynamics(name: DetectorName, record: DynamicsRecord): Detection {
  switch (name) {
    case 'data-map':
      return dataMapDetection(dataMap(record))
    case 'forgetting':
      return forgettingDetection(forgettingEvents(record))
    case 'early-loss':
      return lossDetection(meanLoss(record, { to: Math.max(1, Math.ceil(record.epochs * earlyShare)) }), 'beta')
    default: {
      const areas = areaUnderMargin(record)
      return { scores: scaledToUnit(areas), flagged: flaggedBySplit(areas) }
    }
  }
}

/** The class each example rather is: the most probable one, or that of its neighbours; -1 where neither is known. */
export function suggestedClasses({ labels, classes, probabilities, graph }: DetectorInputs): Int32Array {
  if (probabilities.probabilities !== null) return predictedClasses(probabilities.probabilities, classes)
  if (graph !== null && !('unavailable' in graph)) return neighbourDetection(graph, labels, classes).suggested
  return new Int32Array(labels.length).fill(-1)
}
