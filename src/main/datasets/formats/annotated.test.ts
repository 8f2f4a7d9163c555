import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnnotatedRow } from './annotated-rows.ts'
import { openDoccano, readDoccano, writeDoccano } from './doccano.ts'
import { inFolder } from './fuzzing.ts'
import { openLabelStudio, readLabelStudio, writeLabelStudio } from './label-studio.ts'
import type { SourceFile } from './source-file.ts'
import { readRows, type ReadRows } from './source-rows.ts'
import { fuzzText } from './text-fuzzing.ts'

type Opened = ReadRows & { columns: readonly string[], warnings: readonly string[] }

async function read(content: string, open: (path: string) => Promise<SourceFile>): Promise<Opened> {
  return inFolder(async (folder) => {
    const path = join(folder, 'data.json')
    writeFileSync(path, content)
    const file = await open(path)
    return { ...await readRows(file), columns: file.columns.map((column) => column.name), warnings: file.warnings }
  })
}

async function text(chunks: AsyncIterable<string>): Promise<string> {
  let joined = ''
  for await (const chunk of chunks) joined += chunk
  return joined
}

async function list<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

const choice = (...choices: string[]): unknown => ({ from_name: 'sentiment', to_name: 'text', type: 'choices', value: { choices } })

describe('Label Studio', () => {
  const tasks = [
    { id: 1, data: { text: 'good', n: 5 }, annotations: [{ id: 7, completed_by: { id: 3, email: 'ann@x', first_name: 'Ann' }, created_at: '2024-01-02T03:04:05.678901Z', result: [choice('Positive')] }] },
    { id: 2, data: { text: 'odd' }, annotations: [{ completed_by: 12, result: [choice('Positive', 'Negative')] }, { completed_by: { first_name: 'Bo', last_name: 'B' }, was_cancelled: true, result: [choice('Negative')] }],
      predictions: [{ model_version: 'v1', score: 0.75, result: [choice('Negative')] }] },
    { id: 3, data: { text: 'none', n: 6 }, annotations: [], meta: {} }
  ]

  it('lays tasks, annotators and predictions out as columns', async () => {
    const result = await read(JSON.stringify(tasks), openLabelStudio)
    expect(result.columns).toEqual([
      'id', 'text', 'n', 'label', 'annotator', 'annotated at',
      'label:ann@x', 'annotated at:ann@x', 'label:12', 'annotated at:12', 'label:Bo B', 'annotated at:Bo B', 'prediction:v1', 'score:v1'
    ])
    const at = Date.UTC(2024, 0, 2, 3, 4, 5, 678)
    const both = '["Positive","Negative"]'
    expect(result.rows).toEqual([
      ['1', 'good', 5, 'Positive', 'ann@x', at, 'Positive', at, null, null, null, null, null, null],
      ['2', 'odd', null, both, '12', null, null, null, both, null, null, null, 'Negative', 0.75],
      ['3', 'none', 6, null, null, null, null, null, null, null, null, null, null, null]
    ])
    expect(result.rejected).toEqual([])
  })

  it('needs no further columns where every task has one annotation', async () => {
    expect((await read(JSON.stringify(tasks.slice(0, 1)), openLabelStudio)).columns).toEqual(['id', 'text', 'n', 'label', 'annotator', 'annotated at'])
  })

  it('renames fields that would be taken for labels', async () => {
    const result = await read('[{"id":1,"data":{"label":"x","id":2}}]', openLabelStudio)
    expect(result.columns).toEqual(['id', 'data.label', 'data.id', 'label', 'annotator', 'annotated at'])
    expect(result.rows).toEqual([['1', 'x', 2, null, null, null]])
    expect(result.warnings).toHaveLength(2)
  })

  it('gives every annotator columns when told, and reads a task as the tool itself writes it', async () => {
    // The fields of an export with predictions and drafts by number.
    const task = {
      id: 5, annotations: [{ id: 9, completed_by: 2, result: [{ value: { choices: ['spam'] }, id: 'x1', from_name: 'kind', to_name: 'text', type: 'choices', origin: 'manual' }], was_cancelled: false, ground_truth: false, created_at: '2024-05-06T07:08:09.123456Z', updated_at: '2024-05-06T07:08:09.123456Z', draft_created_at: null, lead_time: 4.2, prediction: {}, result_count: 0, unique_id: 'u', import_id: null, last_action: null, task: 5, project: 1, updated_by: 2, parent_prediction: null, parent_annotation: null, last_created_by: null }],
      file_upload: 'a.json', drafts: [], predictions: [31, 32], data: { text: 'Win a prize' }, meta: {}, created_at: '2024-05-06T07:00:00Z', updated_at: '2024-05-06T07:08:09Z', inner_id: 1, total_annotations: 1, cancelled_annotations: 0, total_predictions: 2, comment_count: 0, unresolved_comment_count: 0, last_comment_updated_at: null, project: 1, updated_by: 2, comment_authors: []
    }
    const at = Date.UTC(2024, 4, 6, 7, 8, 9, 123)
    const plain = await read(JSON.stringify([task]), openLabelStudio)
    expect([plain.columns, plain.rows, plain.rejected]).toEqual([['id', 'text', 'label', 'annotator', 'annotated at'], [['5', 'Win a prize', 'spam', '2', at]], []])
    const everyone = await read(JSON.stringify([task]), (path) => openLabelStudio(path, { everyone: true }))
    expect(everyone.columns).toEqual(['id', 'text', 'label', 'annotator', 'annotated at', 'label:2', 'annotated at:2'])
  })

  it('rejects rows that are no tasks, and files without any', async () => {
    const result = await read('[{"data":{"text":"a"}},{"text":"b"},{"data":{"text":"c"},"annotations":5}]', openLabelStudio)
    expect(result.rejected.map(({ row, reason }) => [row, reason])).toEqual([[2, 'The row is no task: it has no "data".'], [3, 'The "annotations" of the task are no list.']])
    await expect(read('[{"text":"b"}]', openLabelStudio)).rejects.toMatchObject({ payload: { code: 'bad-data' } })
    await expect(read('', openLabelStudio)).rejects.toMatchObject({ payload: { code: 'bad-data' } })
  })

  it('writes what Label Studio imports', async () => {
    const row: AnnotatedRow = { id: '4', fields: { text: 'x' }, labels: [{ annotator: 'ann', className: 'spam', at: 0 }, { annotator: '2', className: null, at: null }] }
    expect(JSON.parse(await text(writeLabelStudio([row], { fromName: 'kind' })))).toEqual([{
      id: 4, data: { text: 'x' },
      annotations: [
        { completed_by: { email: 'ann' }, created_at: '1970-01-01T00:00:00.000Z', was_cancelled: false, result: [{ from_name: 'kind', to_name: 'text', type: 'choices', value: { choices: ['spam'] } }] },
        { completed_by: 2, was_cancelled: true, result: [] }
      ]
    }])
    expect(await text(writeLabelStudio([]))).toBe('[]\n')
  })
})

describe('doccano', () => {
  it('lays examples out as columns', async () => {
    const result = await read('{"id":1,"text":"a","label":["spam"],"from":"x"}\n{"id":2,"text":"b","label":[]}\n{"id":3,"text":"c","labels":["spam","ham"]}\n{"id":4,"text":"d","label":"ham"}\n', openDoccano)
    expect(result.columns).toEqual(['id', 'text', 'from', 'label', 'annotator', 'annotated at'])
    expect(result.rows).toEqual([['1', 'a', 'x', 'spam', null, null], ['2', 'b', null, null, null, null], ['3', 'c', null, '["spam","ham"]', null, null], ['4', 'd', null, 'ham', null, null]])
  })

  it('reads what doccano writes for texts with comments and meta data, and for images', async () => {
    const texts = await read('{"id": 1, "text": "Win a prize", "label": ["spam"], "Comments": [], "source": "mail"}\n{"id": 2, "text": "See you", "label": [], "Comments": ["odd"], "source": "sms"}\n', openDoccano)
    expect([texts.columns, texts.rows]).toEqual([['id', 'text', 'Comments', 'source', 'label', 'annotator', 'annotated at'], [['1', 'Win a prize', '[]', 'mail', 'spam', null, null], ['2', 'See you', '["odd"]', 'sms', null, null, null]]])
    const images = await read('{"filename": "cat.png", "label": ["cat"]}\n', openDoccano)
    expect(images.rows).toEqual([[null, 'cat.png', 'cat', null, null]])
  })

  it('rejects labels of spans', async () => {
    const result = await read('{"text":"a","label":["x"]}\n{"text":"a","label":[[0,5,"PER"]]}\n', openDoccano)
    expect(result.rejected).toMatchObject([{ row: 2, line: 2, reason: 'The label marks spans or relations; only classes of whole examples can be imported.' }])
  })

  it('writes what doccano imports', async () => {
    const row: AnnotatedRow = { id: 'r', fields: { text: 'x', label: 1 }, labels: [{ annotator: 'a', className: 'spam', at: 5 }, { annotator: 'b', className: 'spam', at: null }] }
    expect(JSON.parse(await text(writeDoccano([row])))).toEqual({
      id: 'r', text: 'x', 'meta.label': 1, label: ['spam'], annotations: [{ annotator: 'a', class: 'spam', at: 5 }, { annotator: 'b', class: 'spam', at: null }]
    })
  })
})

describe('rows that are written', () => {
  const word = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('1', '007', 'label', 'meta.id', '__proto__', '["a","b"]', 'id'))
  const label = fc.record({ annotator: fc.option(word), className: fc.option(word), at: fc.option(fc.integer({ min: 0, max: 4e12 })) })
  const fields = fc.dictionary(word, fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null), fc.array(word)), { noNullPrototype: true })
  const row = fc.record({ id: fc.option(word), fields, labels: fc.array(label, { maxLength: 4 }) })

  it.each([['Label Studio', writeLabelStudio, readLabelStudio], ['doccano', writeDoccano, readDoccano]] as const)('come back from %s with nothing lost', async (_name, write, readBack) => {
    await inFolder(async (folder) => {
      const path = join(folder, 'round.json')
      await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        writeFileSync(path, await text(write(rows)))
        expect(await list(readBack(path))).toEqual(rows)
      }), { numRuns: 200, seed: 8 })
    })
  })
})

describe('damaged files', () => {
  const rows: AnnotatedRow[] = Array.from({ length: 15 }, (_, index) => ({ id: `${index}`, fields: { text: `text "${index}" é` }, labels: [{ annotator: `a${index % 3}`, className: 'x', at: index }, { annotator: 'b', className: null, at: null }] }))

  it('never crash, hang or lose a row', async () => {
    const tasks = await fuzzText(Buffer.from(await text(writeLabelStudio(rows))), (path) => openLabelStudio(path), 800)
    expect(tasks.read).toBeGreaterThan(600)
    const examples = await fuzzText(Buffer.from(await text(writeDoccano(rows))), (path) => openDoccano(path), 800)
    expect(examples.read).toBeGreaterThan(600)
  })
})
