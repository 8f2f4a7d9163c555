import fc from 'fast-check'
import { expect, test } from 'vitest'
import { classColor, classKey } from '../../../shared/domain/class-looks.ts'
import type { SourceColumn } from '../formats/source-file.ts'
import { layOutFeatures } from './feature-layout.ts'
import { guessRoles, labelSourceOf, mapColumns } from './import-mapping.ts'
import { compareValues, LabelCodes, mostClasses } from './label-codes.ts'
import { RowCheck } from './row-check.ts'
import { splitIndex } from './split-names.ts'

const text = (name: string): SourceColumn => ({ name, type: 'text' })
const number = (name: string): SourceColumn => ({ name, type: 'number' })
const image: SourceColumn = { name: 'image', type: 'array', shape: [8, 8], dtype: 'uint8' }

test('roles are guessed from names, types and the length of texts', () => {
  const columns = [number('id'), number('price'), text('body'), text('colour'), text('Label'), text('label:ann'), text('split'), image]
  const long = ['a text that is rather long, as bodies are']
  expect(guessRoles(columns, 'delimited', [['1'], ['2'], long, ['red'], ['spam'], ['ham'], ['test'], []])).toEqual(['id', 'feature', 'text', 'meta', 'label', 'label', 'split', 'feature'])
  expect(guessRoles([text('text')], 'text', [['short']])).toEqual(['text'])
})

test('a mapping that cannot be is refused with the column it is about', () => {
  const columns = [number('x'), text('body'), image]
  const guesses = ['feature', 'text', 'feature'] as const
  expect(mapColumns(columns, guesses, [{ name: 'body', role: 'label' }]).map(({ role }) => role)).toEqual(['feature', 'label', 'feature'])
  for (const [chosen, complaint] of [
    [[{ name: 'nope', role: 'label' }], /no column "nope"/],
    [[{ name: 'image', role: 'label' }], /"image" holds arrays/],
    [[{ name: 'body', role: 'feature' }], /"body" holds text/],
    [[{ name: 'x', role: 'id' }, { name: 'body', role: 'id' }], /Both "x" and "body"/],
    [[{ name: 'x', role: 'meta' }, { name: 'body', role: 'meta' }, { name: 'image', role: 'ignore' }], /Nothing is left to learn from/]
  ] as const) expect(() => mapColumns(columns, guesses, chosen)).toThrow(complaint)
  expect([labelSourceOf('class'), labelSourceOf('label:ann'), labelSourceOf('truth')]).toEqual([{ kind: 'given', name: 'class' }, { kind: 'annotator', name: 'ann' }, { kind: 'truth', name: 'truth' }])
})

test('one array of rows and columns is an image, anything else with features a table, texts alone have no array', () => {
  const laid = (columns: readonly SourceColumn[], roles: readonly ('feature' | 'text' | 'meta')[]) => {
    const { kind, shape, dtype } = layOutFeatures(columns.map((source, index) => ({ index, source, role: roles[index] ?? 'meta' })))
    return [kind, shape, dtype]
  }
  expect(laid([image], ['feature'])).toEqual(['image', [8, 8], 'uint8'])
  expect(laid([image, number('x')], ['feature', 'feature'])).toEqual(['table', [65], 'float32'])
  expect(laid([{ name: 'v', type: 'array', shape: [5], dtype: 'float32' }], ['feature'])).toEqual(['table', [5], 'float32'])
  expect(laid([text('body'), number('x')], ['text', 'meta'])).toEqual(['text', [0], 'float32'])
})

test('classes are numbers by size, then texts; the order of rows does not matter', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom('10', '9', '-1', 'b', 'a', 'B', '1e3', 'x1'), { minLength: 1 }), fc.nat(), (values, shift) => {
      const codes = new LabelCodes(null)
      const turned = [...values.slice(shift % values.length), ...values.slice(0, shift % values.length)]
      const given = turned.map((value) => codes.code(value) ?? -1)
      const { classes, positionOf } = codes.settle()
      expect(classes.map(({ name }) => name)).toEqual(values.toSorted(compareValues))
      turned.forEach((value, index) => expect(classes[positionOf[given[index] ?? 0] ?? 0]?.name).toBe(value))
    })
  )
  expect(['9', '10', '-1', 'a', 'B'].toSorted(compareValues)).toEqual(['-1', '9', '10', 'B', 'a'])
})

test('given classes keep their order, colours and keys, and other values are none', () => {
  const codes = new LabelCodes([{ value: 's', name: 'spam', color: '#112233', key: 's' }, { value: 'h', name: 'ham' }])
  expect([codes.code('h'), codes.code('s'), codes.code('x'), codes.code(null), codes.code('')]).toEqual([1, 0, null, -1, -1])
  expect(codes.settle().classes).toEqual([{ position: 0, name: 'spam', color: '#112233', key: 's' }, { position: 1, name: 'ham', color: classColor(1), key: '2' }])
})

test('a million distinct values are no classes, and every class has a colour of its own', () => {
  const codes = new LabelCodes(null)
  expect(() => {
    for (let value = 0; value <= mostClasses; value++) codes.code(value)
  }).toThrow(/more than 10,000 distinct values/)
  const colors = Array.from({ length: 60 }, (_, position) => classColor(position))
  expect(new Set(colors).size).toBe(60)
  expect(colors.every((color) => /^#[0-9a-f]{6}$/i.test(color))).toBe(true)
  expect([classKey(0), classKey(9), classKey(10), classKey(99)]).toEqual(['1', '0', 'a', ''])
})

test('splits go by their own names and the usual ones', () => {
  expect(['test', 'TRAIN', 'dev', '', null, Number.NaN, 'foo'].map(splitIndex)).toEqual([4, 3, 2, -1, -1, -1, null])
})

test('a row that does not fit leaves nothing behind', () => {
  const columns = [text('id'), text('label'), text('split')].map((source, index) => ({ index, source, role: (['id', 'label', 'split'] as const)[index] ?? ('meta' as const) }))
  const check = new RowCheck(columns, new LabelCodes([{ value: 'a', name: 'a' }]))
  const take = (...cells: (string | null)[]) => check.take(cells.map((cell) => ({ type: 'text', values: [cell] })), 0, 7)?.reason ?? null
  expect(take('1', 'a', 'test')).toBeNull()
  expect(take('1', 'a', 'test')).toMatch(/also the id of row 7/)
  expect(take('2', 'b', 'test')).toMatch(/none of the classes/)
  expect(take('2', 'a', 'nowhere')).toMatch(/no split/)
  expect(take('2', null, null)).toBeNull()
  expect([check.labels()[0]?.codes, check.splits()]).toEqual([Int32Array.of(0, -1), Int32Array.of(4, -1)])
})
