import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { stream } from '../../learn/random.ts'
import { analyseFunctions } from '../function-analysis.ts'
import { voteMatrix } from '../vote-matrix.ts'
import { compileFunction } from './evaluate-function.ts'
import { spamClasses, spamDevelopmentRows, spamRules } from './spam-rules.ts'
import { suggestRules } from './suggestions.ts'

/** Fields of the sample: quoted where they hold a comma, quote or line break, with quotes doubled. */
function readSample(): { readonly subject: string[]; readonly body: string[]; readonly truth: Int32Array } {
  const text = gunzipSync(readFileSync(new URL('../../../../resources/data/spam.csv.gz', import.meta.url))).toString('utf8')
  const fields = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(?:,|\r?\n)/gu)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
  const rows = Array.from({ length: fields.length / 4 - 1 }, (_, row) => fields.slice(4 * row + 4, 4 * row + 8))
  return { subject: rows.map((row) => row[0]!), body: rows.map((row) => row[1]!), truth: Int32Array.from(rows, (row) => spamClasses.indexOf(row[2] as 'ham')) }
}

describe('the rules for the spam sample', () => {
  const { subject, body, truth } = readSample()
  const rows = Int32Array.from(body, (_, row) => row)
  const order = stream(0, 'spam-dev').permutation(rows.length)
  const rest = [...order.subarray(spamDevelopmentRows)]
  let votes: readonly Int32Array[] = []

  beforeAll(async () => {
    const context = { classes: spamClasses, columns: [{ name: 'subject', type: 'text' }, { name: 'body', type: 'text' }] } as const
    const compiled = await Promise.all(spamRules.map(({ definition }) => compileFunction(definition, context)))
    votes = await Promise.all(compiled.map((rule) => rule.apply({ rows, columns: { subject, body } })))
  })

  it('are valid definitions with names of their own', () => {
    for (const { definition } of spamRules) expect(v.parse(LabelingFunctionDefinition, definition)).toEqual(definition)
    expect(new Set(spamRules.map(({ name }) => name)).size).toBe(spamRules.length)
    expect([rows.length, truth.filter((label) => label === 1).length]).toEqual([5834, 1736])
  })

  it('are better than the base rate on rows that they were not tuned on, and cover most of them', () => {
    const held = voteMatrix(spamRules.map(({ name }) => name), votes.map((column) => Int32Array.from(rest, (row) => column[row]!)), 2)
    const { functions, coverage, conflict } = analyseFunctions(held, Int32Array.from(rest, (row) => truth[row]!))
    for (const { name, empiricalAccuracy, coverage: own, polarity } of functions) {
      expect(empiricalAccuracy, name).toBeGreaterThan(0.75)
      expect(own, name).toBeGreaterThan(0.03)
      expect(polarity, name).toHaveLength(1)
    }
    expect(coverage).toBeGreaterThan(0.85)
    expect(conflict).toBeGreaterThan(0.02)
  })

  it('leave spam to be suggested rules for', () => {
    const known = new Set(order.subarray(0, spamDevelopmentRows))
    const { terms, clusters, uncovered } = suggestRules({ rows, texts: [subject, body], votes, truth: truth.map((label, row) => (known.has(row) ? label : -1)), classes: 2, seed: 0 })
    expect(uncovered).toBeGreaterThan(400)
    expect(terms.some(({ label }) => label === 1)).toBe(true)
    expect(clusters.length).toBeGreaterThan(1)
    // What the development rows say of a term holds on the rest.
    const inside = terms.filter(({ text, label, precision }) => {
      const shape = new RegExp(`(?<![\\p{L}\\p{N}\\p{M}_])${text.replaceAll(' ', '\\s+').replaceAll("'", "['’]")}(?![\\p{L}\\p{N}\\p{M}_])`, 'iu')
      const holding = rest.filter((row) => shape.test(subject[row]!) || shape.test(body[row]!))
      const share = holding.filter((row) => truth[row] === label).length / holding.length
      return precision !== null && share >= precision.interval[0] && share <= precision.interval[1]
    })
    expect(inside.length / terms.length).toBeGreaterThan(0.8)
  })
})
