import { describe, expect, it } from 'vitest'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { previewFunction } from './function-preview.ts'
import { messageContext, messages } from './testing/messages.ts'

const keywords: Extract<LabelingFunctionDefinition, { kind: 'keywords' }> = { kind: 'keywords', columns: ['body', 'subject'], words: ['free', 'money'], all: false, caseSensitive: false, wholeWords: true, label: 1 }
// Rows 10, 12 and 13 are hit. Row 11 is spam and missed, row 12 is ham and hit.
const truth = Int32Array.of(1, 1, 0, -1, 0, -1)
const others = [Int32Array.of(1, -1, 0, -1, -1, 0), Int32Array.of(-1, -1, -1, -1, 0, 0)]

describe('the preview of a labeling function', () => {
  it('counts coverage, overlaps, conflicts and accuracy on the dev rows', async () => {
    const preview = await previewFunction(keywords, messageContext, { batch: messages, truth, others })
    expect(preview).toMatchObject({ rows: 6, coverage: 0.5, overlaps: 2 / 6, conflicts: 1 / 6, dev: { votes: 2, correct: 1, accuracy: 0.5 } })
    expect(preview.milliseconds).toBeGreaterThan(0)
  })

  it('shows mistakes first, then what is right, then what nobody has labelled, with the match', async () => {
    const { hits, misses } = await previewFunction(keywords, messageContext, { batch: messages, truth, others })
    expect(hits).toEqual([
      { row: 12, vote: 1, truth: 0, text: 'MONEY', match: [0, 5] },
      { row: 10, vote: 1, truth: 1, text: 'Get FREE money now', match: [4, 8] },
      { row: 13, vote: 1, truth: -1, text: 'free\nmoney, free advice', match: [0, 4] }
    ])
    expect(misses).toEqual([{ row: 11, vote: -1, truth: 1, text: 'Lunch at noon?', match: null }])
  })

  it('cuts long texts around the match', async () => {
    const body = [`${'x '.repeat(500)}free${' y'.repeat(500)}`, `free${' y'.repeat(500)}`]
    const batch = { rows: Int32Array.of(0, 1), columns: { body } }
    const { hits } = await previewFunction(keywords, messageContext, { batch, truth: [-1, -1], others: [] })
    for (const { text, match } of hits) {
      expect(text.length).toBeLessThanOrEqual(402)
      expect(text.slice(...match!)).toBe('free')
      expect(text.endsWith('…')).toBe(true)
    }
    expect(hits.map(({ text }) => text.startsWith('…'))).toEqual([true, false])
  })

  it('describes rows without text by their numbers', async () => {
    const context = { classes: ['a', 'b'], columns: [{ name: 'x', type: 'number' as const }, { name: 'y', type: 'number' as const }] }
    const batch = { rows: Int32Array.of(4), columns: { x: Float64Array.of(1.23456789), y: Float64Array.of(Number.NaN) } }
    const { hits } = await previewFunction({ kind: 'interval', column: 'x', from: 0, to: null, label: 1 }, context, { batch, truth: [-1], others: [] })
    expect(hits).toEqual([{ row: 4, vote: 1, truth: -1, text: 'x 1.23457', match: null }])
  })

  it('counts as missed, for code that votes several classes, the rows of the classes it votes for', async () => {
    const code = "return example.price > 4 ? 'spam' : example.price < 0 ? 'ham' : null"
    const { misses, hits } = await previewFunction({ kind: 'javascript', code }, messageContext, { batch: messages, truth: Int32Array.of(1, 1, 1, 0, 2, 2), others: [] })
    expect(misses.map(({ row }) => row)).toEqual([11])
    expect(hits.map(({ row, vote }) => [row, vote])).toEqual([[14, 1], [10, 1], [12, 1], [13, 0]])
  })

  it('is empty on no rows, and passes on what is wrong with the function', async () => {
    const none = { batch: { rows: new Int32Array(), columns: { body: [], subject: [] } }, truth: [], others: [] }
    expect(await previewFunction(keywords, messageContext, none)).toMatchObject({ rows: 0, coverage: 0, dev: { votes: 0, accuracy: null }, hits: [], misses: [] })
    await expect(previewFunction({ ...keywords, label: 9 }, messageContext, none)).rejects.toMatchObject({ payload: { field: 'label' } })
  })
})
