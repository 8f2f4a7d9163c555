import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splits } from '../../../shared/domain/dataset.ts'
import { everything, type Filter, isGroup, type Sort } from '../../../shared/domain/filter.ts'
import { isMissing, joinTexts, packTexts, sameText } from '../../store/text-chunk.ts'
import { orderOfNumbers, orderOfTexts } from './argsort.ts'
import { evaluateFilter } from './filter-evaluation.ts'
import type { ViewData } from './view-data.ts'
import { View } from './view-page.ts'

interface Row {
  readonly price: number
  readonly body: string | null
  readonly given: number
  readonly me: number
  readonly sure: number
  readonly pinned: number
}

const row = fc.record({
  price: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN)),
  body: fc.option(fc.constantFrom('Free money', 'free', 'Grüße', 'other', ''), { nil: null }),
  given: fc.integer({ min: -1, max: 2 }),
  me: fc.integer({ min: -1, max: 2 }),
  sure: fc.oneof(fc.constantFrom(0.25, 0.8, 0.9), fc.constant(Number.NaN)),
  pinned: fc.integer({ min: -1, max: 4 })
})

function dataOf(rows: readonly Row[]): ViewData {
  const price = Float64Array.from(rows, (each) => each.price)
  const body = joinTexts([packTexts(rows.map((each) => each.body))])
  return {
    count: rows.length,
    numbers: () => price,
    texts: () => body,
    missing: (column) => (at) => (column === 'price' ? Number.isNaN(price[at]) : isMissing(body, at)),
    equal: (column) => (a, b) => (column === 'price' ? price[a] === price[b] : sameText(body, a, b)),
    labels: (source) => Int32Array.from(rows, (each) => (source === 'annotator:me' ? each.me : each.given)),
    confidences: () => Float32Array.from(rows, (each) => each.sure),
    pinned: () => Int8Array.from(rows, (each) => each.pinned),
    search: (query) => Int32Array.from(rows.keys()).filter((at) => rows[at]?.body?.toLowerCase().split(' ').includes(query) ?? false),
    order: (column) => (column === 'price' ? orderOfNumbers(price) : orderOfTexts(body))
  }
}

const part = { negated: fc.boolean(), off: fc.boolean() }
const comparison = fc.constantFrom('=', '!=', '<', '<=', '>', '>=')
const condition = fc.oneof(
  fc.record({ kind: fc.constant('label'), source: fc.constantFrom(null, 'annotator:me'), is: fc.oneof(fc.constantFrom('none', 'any'), fc.array(fc.nat(2), { minLength: 1, maxLength: 2 })), ...part }),
  fc.record({ kind: fc.constant('agreement'), first: fc.constant('given'), second: fc.constant('annotator:me'), differ: fc.boolean(), ...part }),
  fc.record({ kind: fc.constant('number'), column: fc.constant('price'), comparison, value: fc.integer({ min: -3, max: 3 }), ...part }),
  fc.record({ kind: fc.constant('value'), column: fc.constant('body'), comparison: fc.constantFrom('=', '!=', 'contains'), value: fc.constantFrom('free', 'FREE', 'ü', 'Ü', '', 'money'), ...part }),
  fc.record({ kind: fc.constant('missing'), column: fc.constantFrom('price', 'body'), ...part }),
  fc.record({ kind: fc.constant('confidence'), source: fc.constant('given'), comparison, value: fc.constantFrom(0.25, 0.8), ...part }),
  fc.record({ kind: fc.constant('split'), split: fc.constantFrom(...splits, 'unpinned'), ...part }),
  fc.record({ kind: fc.constant('search'), query: fc.constantFrom('free', 'money'), ...part }),
  fc.record({ kind: fc.constant('rows'), from: fc.nat(20), to: fc.nat(20), ...part })
) as fc.Arbitrary<Filter>
const { filter } = fc.letrec<{ filter: Filter; group: Filter }>((tie) => ({
  filter: fc.oneof({ depthSize: 'small' }, condition, tie('group')),
  group: fc.record({ kind: fc.constantFrom('and', 'or'), parts: fc.array(tie('filter'), { maxLength: 4 }), ...part })
}))

const compare = (a: number, how: string, b: number): boolean =>
  how === '=' ? a === b : how === '!=' ? a !== b : how === '<' ? a < b : how === '<=' ? a <= b : how === '>' ? a > b : a >= b

/** The meaning of a filter for one example, written as it is explained. */
function matches(wanted: Filter, each: Row, at: number): boolean {
  if (wanted.off === true) return true
  return plain(wanted, each, at) !== (wanted.negated === true)
}
function plain(wanted: Filter, each: Row, at: number): boolean {
  if (isGroup(wanted)) {
    const parts = wanted.parts.filter((one) => one.off !== true)
    if (parts.length === 0) return true
    return wanted.kind === 'and' ? parts.every((one) => matches(one, each, at)) : parts.some((one) => matches(one, each, at))
  }
  switch (wanted.kind) {
    case 'label': {
      const label = wanted.source === null ? each.given : each.me
      return wanted.is === 'none' ? label < 0 : wanted.is === 'any' ? label >= 0 : wanted.is.includes(label)
    }
    case 'agreement':
      return each.given >= 0 && each.me >= 0 && (each.given !== each.me) === wanted.differ
    case 'number':
      return !Number.isNaN(each.price) && compare(each.price, wanted.comparison, wanted.value)
    case 'value':
      if (each.body === null) return false
      return wanted.comparison === 'contains' ? each.body.toLowerCase().includes(wanted.value.toLowerCase()) : (each.body === wanted.value) === (wanted.comparison === '=')
    case 'missing':
      return wanted.column === 'price' ? Number.isNaN(each.price) : each.body === null
    case 'confidence':
      return !Number.isNaN(each.sure) && compare(each.sure, wanted.comparison, wanted.value)
    case 'split':
      return wanted.split === 'unpinned' ? each.pinned < 0 : splits[each.pinned] === wanted.split
    case 'search':
      return each.body?.toLowerCase().split(' ').includes(wanted.query) ?? false
    case 'rows':
      return at >= wanted.from && at <= wanted.to
  }
}

test('a filter matches what it says, example by example', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 25 }), filter, (rows, wanted) => {
      expect(Array.from(evaluateFilter(wanted, dataOf(rows)))).toEqual(rows.map((each, at) => Number(matches(wanted, each, at))))
    }),
    { numRuns: 500 }
  )
})

test('a view holds every matching row once, ordered, missing values last, equal ones in row order', () => {
  const sorts = fc.constantFrom<Sort>(
    { by: 'row', descending: true },
    { by: 'column', column: 'price', descending: false },
    { by: 'column', column: 'price', descending: true },
    { by: 'column', column: 'body', descending: true },
    { by: 'label', source: null, descending: true },
    { by: 'confidence', source: 'given', descending: false }
  )
  const keyOf = (each: Row | undefined, sort: Sort): number | string | null => {
    const value = sort.by === 'column' ? (sort.column === 'price' ? each?.price : each?.body) : sort.by === 'label' ? (each?.given === -1 ? null : each?.given) : each?.sure
    return value === undefined || value === null || Number.isNaN(value) ? null : value
  }
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), sorts, fc.nat(2), (rows, sort, label) => {
      const wanted: Filter = { kind: 'label', source: 'annotator:me', is: [label] }
      const view = new View(wanted, sort, dataOf(rows))
      const expected = rows.flatMap((each, at) => (each.me === label ? [at] : []))
      expected.sort((a, b) => {
        if (sort.by === 'row') return b - a
        const [x, y] = [keyOf(rows[a], sort), keyOf(rows[b], sort)]
        if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b
        return (x === y ? 0 : x < y ? -1 : 1) * (sort.descending ? -1 : 1) || a - b
      })
      expect(Array.from(view.rowsAt(0, 100))).toEqual(expected)
      expect(view.total).toBe(expected.length)
      rows.forEach((_, at) => expect(view.positionOf(at)).toBe(expected.indexOf(at)))
      expect(Array.from(view.rowsAt(1, 2))).toEqual(expected.slice(1, 3))
    }),
    { numRuns: 300 }
  )
})

test('a shuffled view is one order a seed', () => {
  const data = dataOf(fc.sample(row, { numRuns: 50, seed: 1 }))
  const shuffled = (seed: number): number[] => Array.from(new View(everything, { by: 'random', seed, descending: false }, data).rowsAt(0, 50))
  expect(shuffled(3)).toEqual(shuffled(3))
  expect(shuffled(3)).not.toEqual(shuffled(4))
  expect(Array.from(new View(everything, { by: 'random', seed: 3, descending: true }, data).rowsAt(0, 50))).toEqual(shuffled(3).reverse())
  expect(shuffled(3).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, at) => at))
})
