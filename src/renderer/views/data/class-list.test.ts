import { describe, expect, it } from 'vitest'
import { classMistake, type EditedClass, freshClass, moveClass } from './class-list.ts'

const ham: EditedClass = { id: '0', name: 'ham', color: '#E69F00', key: '1' }
const spam: EditedClass = { id: '1', name: 'spam', color: '#56B4E9', key: '2' }

describe('a class list', () => {
  it('gives a further class a colour, key and name that no other has', () => {
    let list: readonly EditedClass[] = [ham, spam]
    for (let more = 0; more < 6; more += 1) list = [...list, freshClass(list, `n${more}`)]
    for (const field of ['color', 'key', 'name'] as const) expect(new Set(list.map((one) => one[field])).size, field).toBe(8)
    expect(classMistake(list)).toBeNull()
  })
  it('says what is wrong', () => {
    expect(classMistake([ham, spam])).toBeNull()
    expect(classMistake([ham, { ...spam, name: ' ham ' }])).toMatch('Two classes are called ham')
    expect(classMistake([ham, { ...spam, key: '1' }])).toMatch('key 1')
    expect(classMistake([ham, { ...spam, name: '  ' }])).toMatch('needs a name')
    expect(classMistake([{ ...ham, key: '' }, { ...spam, key: '' }])).toBeNull()
  })
  it('is put in order', () => {
    expect(moveClass([ham, spam], 0, 1)).toEqual([spam, ham])
    expect(moveClass([ham, spam], 1, 1)).toEqual([ham, spam])
  })
})
