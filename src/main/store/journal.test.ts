import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bench, openBench } from './bench.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'

type Step = { readonly kind: 'append'; readonly title: string } | { readonly kind: 'undo' | 'redo' | 'reopen' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), title: fc.string({ maxLength: 8 }) }),
  fc.record({ kind: fc.constantFrom('undo' as const, 'undo' as const, 'redo' as const, 'reopen' as const) })
)

/** The undo history of any editor. */
class Model {
  readonly done: string[] = []
  readonly undone: string[] = []

  apply(step: Step): void {
    if (step.kind === 'append') {
      this.done.push(step.title)
      this.undone.length = 0
    }
    if (step.kind === 'undo' && this.done.length > 0) this.undone.push(this.done.pop() ?? '')
    if (step.kind === 'redo' && this.undone.length > 0) this.done.push(this.undone.pop() ?? '')
  }
}

function apply(bench: Bench, step: Step): void {
  if (step.kind === 'append') bench.journal.append(step.title, `forward ${step.title}`, `inverse ${step.title}`)
  const record = step.kind === 'undo' ? bench.journal.nextUndo() : step.kind === 'redo' ? bench.journal.nextRedo() : undefined
  if (record !== undefined) bench.journal.mark(record.id, step.kind === 'undo')
}

test('undo and redo behave like an editor in memory, across reopening', () => {
  const path = join(temporaryFolder(), 'a.weakbench')
  let bench = openBench(path, { create: true })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      bench.connection.run('DELETE FROM journal')
      const model = new Model()
      for (const item of steps) {
        if (item.kind === 'reopen') {
          bench.close()
          bench = openBench(path)
        } else apply(bench, item)
        model.apply(item)
        expect(bench.journal.state()).toEqual({
          undo: { depth: model.done.length, title: model.done.at(-1) ?? null },
          redo: { depth: model.undone.length, title: model.undone.at(-1) ?? null }
        })
      }
      const all = [...model.done, ...model.undone.toReversed()]
      expect(bench.journal.list(100).map((entry) => entry.title)).toEqual(all.toReversed())
      expect(bench.journal.nextUndo()?.inverse).toBe(model.done.length === 0 ? undefined : `inverse ${model.done.at(-1)}`)
      expect(bench.journal.nextRedo()?.forward).toBe(model.undone.length === 0 ? undefined : `forward ${model.undone.at(-1)}`)
    }),
    { numRuns: 25 }
  )
  bench.close()
})
