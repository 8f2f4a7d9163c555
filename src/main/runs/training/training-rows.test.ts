import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splits } from '../../../shared/domain/dataset.ts'
import type { TrainingArm } from '../../../shared/domain/training.ts'
import { armRows, testRows } from './training-rows.ts'
import { maskOf } from './training-plan.ts'

const arm = (over: Partial<TrainingArm> = {}): TrainingArm => ({ name: 'one', role: 'single', labels: { from: 'source', sourceId: 'x', form: 'hard' }, rows: 'all', examples: 0, method: { name: 'cross-entropy', smoothing: 0 }, model: null, ...over })
const facts = (pinned: readonly string[], truth: readonly number[], matches: Uint8Array | null = null) => ({
  pinned: Int8Array.from(pinned, (split) => splits.indexOf(split as (typeof splits)[number])),
  truth: Int32Array.from(truth),
  matches
})
const labelled = (labels: readonly number[]) => ({ labels: Int32Array.from(labels), probabilities: null })
const whole = { validationShare: 0, splitSeed: 0 }

test('examples pinned to the test split are tested on, those without a label to be judged by left out', () => {
  const rows = testRows(facts(['test', 'test', 'student', ''], [0, -1, 1, 0]), { testShare: 0.5, splitSeed: 0 })
  expect([...rows]).toEqual([0])
})

test('without pinned ones a stratified share is drawn, the same for one split seed, and never from those left out', () => {
  const pinned = Array.from({ length: 200 }, (_, row) => (row < 50 ? 'none' : ''))
  const truth = Array.from({ length: 200 }, (_, row) => row % 3)
  const draw = (splitSeed: number) => testRows(facts(pinned, truth), { testShare: 0.2, splitSeed })
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  expect(draw(1).length).toBe(30)
  expect(draw(1).every((row) => row >= 50)).toBe(true)
  for (const label of [0, 1, 2]) expect(draw(1).filter((row) => truth[row] === label).length).toBe(10)
})

test('nothing to judge by, or to train on, is an error that names the arm', () => {
  expect(() => testRows(facts(['', ''], [-1, -1]), { testShare: 0.5, splitSeed: 0 })).toThrow(/No example has a label to be judged by/)
  expect(() => armRows(facts(['', ''], [0, 1]), new Uint8Array(2), arm({ name: 'soft' }), labelled([-1, -1]), whole, 0)).toThrow(/"soft" has no example to train on/)
  expect(() => armRows(facts(['student', ''], [0, 1]), new Uint8Array(2), arm({ rows: 'teacher' }), labelled([0, 1]), whole, 0)).toThrow(/none in the teacher split/)
})

test('training, validation and test examples never overlap and training keeps to labels, filter and split', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ split: fc.constantFrom('', 'none', 'teacher', 'student', 'test'), truth: fc.integer({ min: -1, max: 2 }), label: fc.integer({ min: -1, max: 2 }), matches: fc.boolean() }), { minLength: 40, maxLength: 120 }),
      fc.constantFrom('all' as const, 'teacher' as const),
      fc.constantFrom(0, 0.3),
      fc.integer({ min: 0, max: 9 }),
      (rows, of, validationShare, examples) => {
        const known = facts(rows.map(({ split }) => split), rows.map(({ truth }) => truth), Uint8Array.from(rows, ({ matches }) => Number(matches)))
        let test: Int32Array
        try {
          test = testRows(known, { testShare: 0.3, splitSeed: 1 })
        } catch {
          return
        }
        const isTest = maskOf(rows.length, test)
        let chosen: ReturnType<typeof armRows>
        try {
          chosen = armRows(known, isTest, arm({ rows: of, examples }), labelled(rows.map(({ label }) => label)), { validationShare, splitSeed: 1 }, 5)
        } catch {
          return
        }
        const all = [...chosen.train, ...chosen.validation, ...test]
        expect(new Set(all).size).toBe(all.length)
        for (const row of [...chosen.train, ...chosen.validation]) {
          const { split, label, matches } = rows[row] as (typeof rows)[number]
          expect(label).toBeGreaterThanOrEqual(0)
          expect(matches).toBe(true)
          expect(split).not.toBe('none')
          if (of === 'teacher') expect(split).toBe('teacher')
        }
        if (examples > 0) expect(chosen.train.length).toBeLessThanOrEqual(examples)
      }
    )
  )
})
