import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { labelModelMethods } from '../../shared/domain/weak-labels.ts'
import { stream } from '../learn/random.ts'
import { compileFunction } from './functions/evaluate-function.ts'
import { spamClasses, spamDevelopmentRows, spamRules } from './functions/spam-rules.ts'
import { answerAccuracy, runLabelModel } from './label-model.ts'
import { voteMatrix } from './vote-matrix.ts'

const text = gunzipSync(readFileSync(new URL('../../../resources/data/spam.csv.gz', import.meta.url))).toString('utf8')
// Cells in quotes hold commas, and quotes doubled.
const cells = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(?:,|\r?\n)/gu)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
const mails = Array.from({ length: cells.length / 4 - 1 }, (_, i) => cells.slice(4 * i + 4, 4 * i + 8))

it('on rules written for spam, which overlap, the model for dependent functions is ahead of every plain one', async () => {
  const context = { classes: spamClasses, columns: [{ name: 'subject', type: 'text' }, { name: 'body', type: 'text' }] } as const
  const columns = { subject: mails.map((mail) => mail[0]!), body: mails.map((mail) => mail[1]!) }
  const rows = Int32Array.from(mails, (_, i) => i)
  const votes = await Promise.all(spamRules.map(async ({ definition }) => (await compileFunction(definition, context)).apply({ rows, columns })))
  // The rules were written looking at the development rows; the rest decides.
  const rest = [...stream(0, 'spam-dev').permutation(rows.length).subarray(spamDevelopmentRows)]
  const truth = rest.map((i) => (mails[i]![2] === 'spam' ? 1 : 0))
  const matrix = voteMatrix(spamRules.map(({ name }) => name), votes.map((column) => rest.map((i) => column[i]!)), 2)
  const accuracies = Object.fromEntries(labelModelMethods.map((method) => [method, answerAccuracy(runLabelModel(method, matrix), truth) ?? 0]))
  const { correlated = 0, ...plain } = accuracies
  expect(correlated).toBeGreaterThan(Math.max(...Object.values(plain)) + 0.002)
})
