import { describe, expect, it } from 'vitest'
import { nextTick, ref, shallowRef } from 'vue'
import { makeMetrics, makeRun } from '../../testing/synthetic.ts'
import { armCurves } from './run-curves.ts'
import { compareRuns, useRunOrder, type RunSort } from './run-order.ts'
import { applyClick, keepKnown, type Selection } from './selection.ts'

const ids = ['a', 'b', 'c', 'd']
const none: Selection = { ids: new Set(), primary: null }
const plain = { extend: false, toggle: false }

describe('selecting runs', () => {
  it('replaces, toggles and extends from the primary', () => {
    const one = applyClick(none, ids, 'b', plain)
    expect([...one.ids]).toEqual(['b'])
    expect([...applyClick(one, ids, 'd', { extend: true, toggle: false }).ids]).toEqual(['b', 'c', 'd'])
    expect([...applyClick(one, ids, 'a', { extend: true, toggle: false }).ids]).toEqual(['a', 'b'])
    const two = applyClick(one, ids, 'd', { extend: false, toggle: true })
    expect([[...two.ids], two.primary]).toEqual([['b', 'd'], 'd'])
    const back = applyClick(two, ids, 'd', { extend: false, toggle: true })
    expect([[...back.ids], back.primary]).toEqual([['b'], 'b'])
  })
  it('drops runs that are gone and is left alone otherwise', () => {
    const selection: Selection = { ids: new Set(['a', 'b']), primary: 'b' }
    expect(keepKnown(selection, new Set(ids))).toBe(selection)
    expect(keepKnown(selection, new Set(['a']))).toEqual({ ids: new Set(['a']), primary: 'a' })
  })
})

describe('the order of runs', () => {
  const [first, second] = [makeRun('e', 'naive', 0, 'done', 1), makeRun('e', 'naive', 1, 'running', 2)]
  it('puts runs without the value last in both directions', () => {
    for (const descending of [false, true]) expect(compareRuns(first, second, { column: 'testAccuracy', descending })).toBeLessThan(0)
  })
  it('appends new runs and does not move the others when values change', async () => {
    const runs = shallowRef([second, first])
    const sort = ref<RunSort>({ column: 'testAccuracy', descending: true })
    const order = useRunOrder(() => runs.value, () => 'e', sort)
    expect(order.value.map((run) => run.seed)).toEqual([0, 1])
    runs.value = [makeRun('e', 'naive', 2, 'done', 0), { ...second, summary: { testAccuracy: 0.99 } }, first]
    await nextTick()
    expect(order.value.map((run) => run.seed)).toEqual([0, 1, 2])
    sort.value = { column: 'testAccuracy', descending: true }
    expect(order.value[0]?.seed).toBe(1)
    runs.value = [first]
    expect(order.value.map((run) => run.seed)).toEqual([0])
  })
})

describe('curves by arm', () => {
  it('leave stages on the way out and keep the order of the comparison', () => {
    const runs = [makeRun('e', 'ceiling', 0, 'done', 1), makeRun('e', 'weak', 0, 'done', 1), { ...makeRun('e', 'bootstrapping', 0, 'done', 1), role: 'intermediate' as const }]
    const points = new Map(runs.map((run) => [run.id, makeMetrics(run, 0, 100)]))
    const curves = armCurves(runs, 'loss', 'sd', (id, metric) => points.get(id)?.series.find((one) => one.name === metric) ?? null)
    expect(curves.map((curve) => curve.arm)).toEqual(['weak', 'ceiling'])
    expect(curves[0]?.mean.steps).toHaveLength(10)
    expect(armCurves(runs, 'unknown', 'sd', () => null)).toEqual([])
  })
  it('are averaged again only when their points changed', () => {
    const runs = [makeRun('e', 'weak', 0, 'done', 1), makeRun('e', 'ceiling', 0, 'done', 1)]
    const reached = new Map(runs.map((run) => [run.id, 100]))
    const memory = new Map()
    const read = () => armCurves(runs, 'loss', 'sd', (id) => makeMetrics(runs.find((run) => run.id === id) ?? runs[0]!, 0, reached.get(id) ?? 0).series.find((one) => one.name === 'loss') ?? null, memory)
    const first = read()
    reached.set(runs[1]?.id ?? '', 200)
    const second = read()
    expect(second[0]).toBe(first[0])
    expect(second[1]?.mean.steps).toHaveLength(20)
  })
})
