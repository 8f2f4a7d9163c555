import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { type ImportPreview, ImportRequest } from '../../../../shared/domain/import.ts'
import { draftMistake, draftOf, lacksContent, requestOf, setRole, setType } from './import-draft.ts'

const preview: ImportPreview = {
  path: '/data/mail.csv', name: 'mail', format: 'delimited', options: { delimiter: ';', header: true }, bytes: 10, rows: null,
  columns: [{ name: 'words', type: 'number', shape: null, role: 'feature', distinct: 9, missing: 0 }, { name: 'label', type: 'text', shape: null, role: 'label', distinct: 2, missing: 0 }],
  sample: [], classes: [{ value: 'h', name: 'h', color: '#E69F00', key: '1' }, { value: 's', name: 's', color: '#56B4E9', key: '2' }], rejected: [], warnings: []
}

describe('an import draft', () => {
  it('asks for what the preview suggests, and leaves untouched classes to the file', () => {
    const request = requestOf(preview, draftOf(preview))
    expect(v.is(ImportRequest, request)).toBe(true)
    expect(request).toMatchObject({ path: '/data/mail.csv', name: 'mail', options: { delimiter: ';' }, columns: [{ name: 'words', role: 'feature' }, { name: 'label', role: 'label' }], classes: null, badShare: 0.05 })
  })
  it('asks for no option that the contract does not know', () => {
    const found = { ...preview, options: { ...preview.options, skipLines: 1 } }
    expect(v.is(ImportRequest, requestOf(found, draftOf(found)))).toBe(true)
  })
  it('sends classes that were changed or fixed, known by their value in the file', () => {
    const draft = draftOf(preview)
    const renamed = { ...draft, classes: draft.classes.map((one) => (one.id === 's' ? { ...one, name: 'spam' } : one)) }
    expect(requestOf(preview, renamed).classes).toEqual([{ value: 'h', name: 'h', color: '#E69F00', key: '1' }, { value: 's', name: 'spam', color: '#56B4E9', key: '2' }])
    expect(requestOf(preview, { ...draft, onlyThese: true }).classes).toHaveLength(2)
  })
  it('keeps roles and types that were chosen when the file is looked at again', () => {
    const chosen = setType(setRole(draftOf(preview), 0, 'meta'), 0, 'text', 'number')
    const again = draftOf({ ...preview, columns: [...preview.columns, { name: 'more', type: 'text', shape: null, role: 'text', distinct: 1, missing: 0 }] }, { ...chosen, name: 'My mail' })
    expect(again.columns).toEqual([{ name: 'words', role: 'meta', type: 'text' }, { name: 'label', role: 'label' }, { name: 'more', role: 'text' }])
    expect(again.name).toBe('My mail')
    expect(setType(chosen, 0, 'number', 'number').columns[0]).toEqual({ name: 'words', role: 'meta' })
  })
  it('says what is wrong', () => {
    const draft = draftOf(preview)
    expect(draftMistake(draft)).toBeNull()
    expect(draftMistake({ ...draft, name: ' ' })).toMatch('name')
    for (const badShare of ['', 'x', '-1', '101']) expect(draftMistake({ ...draft, badShare }), badShare).toMatch('0 to 100')
    expect(draftMistake({ ...draft, classes: draft.classes.map((one) => ({ ...one, name: 'same' })) })).toMatch('same')
    expect([lacksContent(draft), lacksContent(setRole(draft, 0, 'ignore'))]).toEqual([false, true])
  })
})
