import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import { type LabelModelReport, labelModelMethods, type LabelModelResult } from '../../shared/domain/weak-labels.ts'
import { predictedClasses } from '../learn/evaluators.ts'
import { runLabelModel } from '../labels/label-model.ts'
import { voteMatrix } from '../labels/vote-matrix.ts'
import { classNames } from './function-data.ts'
import type { JobContext } from './job-context.ts'
import { sendSoftLabels } from './soft-label-source.ts'

const Input = v.object({
  datasetId: v.string(),
  method: v.picklist(labelModelMethods),
  name: v.string(),
  sourceIds: v.pipe(v.array(v.string()), v.minLength(1)),
  balance: v.union([v.picklist(['uniform', 'estimate']), v.array(v.number())]),
  seed: v.number(),
  truthSourceId: v.nullable(v.string())
})

/** Turns the votes of sources into soft labels: an aggregate source whose labels are the most probable classes of rows with a vote. */
export async function labelModelJob(context: JobContext): Promise<LabelModelReport> {
  const input = v.parse(Input, context.input)
  const began = performance.now()
  const { bench } = context
  const dataset = bench.datasets.get(input.datasetId)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${input.datasetId}.`)
  context.progress(0, 3, 'steps', 'reading votes')
  const classes = classNames(dataset).length
  const sources = input.sourceIds.map((id) => bench.labels.source(id) ?? missing(id))
  const votes = voteMatrix(sources.map(({ name }) => name), sources.map(({ id }) => bench.labels.inForce(id)), classes)
  const truth = input.truthSourceId === null ? null : bench.labels.inForce(input.truthSourceId)
  await context.breathe()
  context.progress(1, 3, 'steps', 'fitting the label model')
  const result = runLabelModel(input.method, votes, { balance: input.balance, seed: input.seed })
  await context.breathe()
  context.progress(2, 3, 'steps', 'storing soft labels')
  const covered = result.covered.reduce((sum, each) => sum + each, 0)
  const report: LabelModelReport = {
    method: input.method,
    functions: result.functions,
    sourceIds: input.sourceIds,
    classBalance: result.classBalance,
    warnings: result.warnings,
    dependent: result.dependent,
    coverage: result.rows === 0 ? 0 : covered / result.rows,
    differsFromMajority: result.majority.differs,
    accuracy: truth === null ? null : accuracyOf(result, truth),
    seconds: (performance.now() - began) / 1000
  }
  const { probabilities, covered: has } = result
  sendSoftLabels(context, { datasetId: input.datasetId, kind: 'aggregate', source: input.name }, { classes: result.classes, probabilities, labelled: (row) => has[row] === 1 }, report)
  context.send({ type: 'dataset-changed', datasetId: input.datasetId })
  context.progress(3, 3, 'steps', 'done')
  return report
}

function accuracyOf(result: LabelModelResult, truth: Int32Array): LabelModelReport['accuracy'] {
  const [model, majority] = [predictedClasses(result.probabilities, result.classes), predictedClasses(result.majority.probabilities, result.classes)]
  let [n, right, rightMajority] = [0, 0, 0]
  for (let row = 0; row < result.rows; row++) {
    const known = truth[row] ?? -1
    if (known < 0 || result.covered[row] !== 1) continue
    n++
    if (model[row] === known) right++
    if (majority[row] === known) rightMajority++
  }
  return n === 0 ? null : { model: right / n, majority: rightMajority / n, n }
}

function missing(id: string): never {
  throw new BenchError('not-found', `There is no label source ${id}.`, { field: 'sourceIds' })
}
