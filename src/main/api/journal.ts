import type { JournalState } from '../../shared/domain/journal.ts'
import { type Change, makeChange, redoChange, undoChange } from './changes.ts'
import type { CoreState } from './core-state.ts'
import type { AreaHandlers } from './dispatcher.ts'
import type { Session } from './session.ts'

/** Makes a change that a person asked for: journalled, undoable, and told to every window. */
export function change(session: Session, title: string, wanted: Change): JournalState {
  session.requireWritable()
  const state = makeChange(session.bench, title, wanted)
  announce(session, wanted)
  return state
}

function announce(session: Session, made: Change): void {
  switch (made.do) {
    case 'dataset-name':
    case 'dataset-deleted':
      session.publish('datasets.changed', { datasetIds: [made.id] })
      break
    case 'labels':
    case 'splits':
      session.publish('datasets.changed', { datasetIds: [made.datasetId] })
      break
    case 'experiment-name':
    case 'experiment-notes':
    case 'experiment-deleted':
      session.publish('experiments.changed', { experimentIds: [made.id] })
      break
    case 'run-name':
    case 'run-notes':
    case 'run-tags':
      session.publish('runs.changed', { runIds: [made.id], experimentIds: [] })
      break
    case 'runs-deleted':
      session.publish('runs.changed', { runIds: made.ids, experimentIds: [] })
  }
  session.publish('journal.changed', session.bench.journal.state())
  session.publish('bench.changed', session.bench.info())
}

function step(session: Session, work: typeof undoChange): JournalState {
  session.requireWritable()
  const made = work(session.bench)
  if (made !== undefined) announce(session, made)
  return session.bench.journal.state()
}

export const journalHandlers = (state: CoreState): AreaHandlers<'journal'> => ({
  'journal.state': () => state.session().bench.journal.state(),
  'journal.list': ({ limit }) => state.session().bench.journal.list(limit),
  'journal.undo': () => step(state.session(), undoChange),
  'journal.redo': () => step(state.session(), redoChange)
})
