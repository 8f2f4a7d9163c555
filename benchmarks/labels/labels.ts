import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { analyseFunctions } from '../../src/main/labels/function-analysis.ts'
import { compileFunction } from '../../src/main/labels/functions/evaluate-function.ts'
import { runLabelModel } from '../../src/main/labels/label-model.ts'
import { voteMatrix } from '../../src/main/labels/vote-matrix.ts'
import { stream } from '../../src/main/learn/random.ts'
import { labelModelMethods } from '../../src/shared/domain/weak-labels.ts'
import { describeMachine } from '../compute/machine.ts'
import { families, familyTable } from './families.ts'

interface Options {
  readonly rows: number
  readonly json: boolean
}

const patterns = ['free\\s+(money|offer|trial)', '\\bviagra\\b', '\\$\\d+', '100%', 'click (here|below)', 'unsubscribe', '\\bRe:', 'wrote:\\s*$', '[A-Z]{5,}', '(\\w+)@example\\.(com|org)']
/** Texts that the patterns run over. */
const textCount = 100_000

/** `npm run -s benchmark -- labels`: ten regular expressions over 100,000 texts, and every label model over a million rows of ten functions. */
export async function labels({ rows, json }: Options): Promise<void> {
  const result = { benchmark: 'labels', machine: describeMachine(), texts: textCount, patternSeconds: await timePatterns(), rows, ...timeModels(rows), families: families() }
  if (json) console.log(JSON.stringify(result))
  else {
    console.log(`${result.machine.processor}, ${result.machine.cores} cores`)
    console.log(`10 regular expressions over ${textCount.toLocaleString('en')} texts: ${result.patternSeconds.toFixed(2)} s`)
    console.log(`labeling-function table of ${rows.toLocaleString('en')} x 10 votes: ${result.tableSeconds.toFixed(2)} s`)
    for (const { method, seconds, accuracy } of result.models) console.log(`${method}: ${seconds.toFixed(2)} s, accuracy ${accuracy.toFixed(4)}`)
    console.log(`\nMean accuracy over six seeds of 2,000 rows:\n${familyTable(result.families)}`)
  }
}

async function timePatterns(): Promise<number> {
  const lines = gunzipSync(readFileSync(new URL('../../resources/data/spam.csv.gz', import.meta.url))).toString('utf8').split('\n').slice(1)
  const texts = Array.from({ length: textCount }, (_, row) => `${lines[row % lines.length] ?? ''} ${row}`)
  const context = { classes: ['ham', 'spam'], columns: [{ name: 'body', type: 'text' as const }] }
  const began = performance.now()
  for (const pattern of patterns) {
    const compiled = await compileFunction({ kind: 'pattern', columns: ['body'], pattern, flags: 'i', label: 1 }, context)
    for (let start = 0; start < textCount; start += 8192) {
      const part = texts.slice(start, start + 8192)
      await compiled.apply({ rows: Int32Array.from(part, (_, index) => start + index), columns: { body: part } })
    }
  }
  return (performance.now() - began) / 1000
}

function timeModels(rows: number) {
  const random = stream(0, 'benchmark-votes')
  const truth = Int32Array.from({ length: rows }, () => (random.bernoulli(0.4) ? 1 : 0))
  const accuracies = [0.9, 0.85, 0.8, 0.75, 0.7, 0.7, 0.65, 0.65, 0.6, 0.6]
  const columns = accuracies.map((accuracy) => Int32Array.from(truth, (label) => (random.bernoulli(0.5) ? -1 : random.bernoulli(accuracy) ? label : 1 - label)))
  const votes = voteMatrix(accuracies.map((_, index) => `f${index}`), columns, 2)
  const time = <T>(work: () => T): readonly [number, T] => {
    const began = performance.now()
    const value = work()
    return [(performance.now() - began) / 1000, value]
  }
  const [tableSeconds] = time(() => analyseFunctions(votes, truth))
  const models = labelModelMethods.map((method) => {
    const [seconds, { probabilities, covered }] = time(() => runLabelModel(method, votes, {}))
    let [right, judged] = [0, 0]
    for (let row = 0; row < rows; row++) {
      if (covered[row] !== 1) continue
      judged++
      if (((probabilities[2 * row + 1] ?? 0) > 0.5 ? 1 : 0) === truth[row]) right++
    }
    return { method, seconds, accuracy: right / judged }
  })
  return { tableSeconds, models }
}
