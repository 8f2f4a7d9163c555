import { BenchError } from '../../shared/contract/errors.ts'
import type { FunctionPreview, RuleSuggestions } from '../../shared/domain/function-preview.ts'
import type { LabelingFunction, LabelingFunctionDefinition } from '../../shared/domain/labeling-function.ts'
import type { FunctionAnalysis } from '../../shared/domain/weak-labels.ts'
import type { CoreState } from './core-state.ts'
import { datasetOf, sourceOf } from './dataset-lookup.ts'
import type { AreaHandlers } from './dispatcher.ts'
import { change } from './journal.ts'
import type { Session } from './session.ts'

/** How long a preview may take, in milliseconds: longer, and typing feels stuck. */
const previewLimit = 10_000
const tableLimit = 60_000

function functionOf(session: Session, id: string): LabelingFunction {
  const found = session.bench.functions.get(id)
  if (found === undefined) throw new BenchError('not-found', `There is no labeling function ${id}.`, { field: 'functionId' })
  return found
}

/** Classes that a definition names must be the data set's. */
function requireClasses(session: Session, datasetId: string, definition: LabelingFunctionDefinition): void {
  const dataset = datasetOf(session, datasetId)
  const named = 'label' in definition ? [definition.label] : definition.kind === 'nearest-prototype' ? definition.prototypes.map(({ label }) => label) : []
  const unknown = named.find((label) => !dataset.classes.some(({ position }) => position === label))
  if (unknown !== undefined) throw new BenchError('invalid-input', `"${dataset.name}" has no class ${unknown}.`, { field: 'definition.label' })
}

export const functionHandlers = (state: CoreState): AreaHandlers<'functions'> => ({
  'functions.list': ({ datasetId }) => state.session().bench.functions.list(datasetOf(state.session(), datasetId).id),
  'functions.versions': ({ datasetId, name }) => state.session().bench.functions.versions(datasetOf(state.session(), datasetId).id, name),
  'functions.save': ({ datasetId, name, definition }) => {
    const session = state.writable()
    requireClasses(session, datasetId, definition)
    return session.bench.transaction(() => {
      const made = session.bench.functions.insert(datasetId, name, definition)
      change(session, made.version === 1 ? `Write labeling function "${name}"` : `Edit labeling function "${name}"`, { do: 'functions-deleted', datasetId, ids: [made.id], at: null })
      return made
    })
  },
  'functions.set-enabled': ({ functionId, enabled }) => {
    const session = state.writable()
    const { name, datasetId } = functionOf(session, functionId)
    return change(session, `${enabled ? 'Use' : 'Leave out'} labeling function "${name}"`, { do: 'function-enabled', datasetId, id: functionId, enabled })
  },
  'functions.set-deleted': ({ datasetId, name, deleted }) => {
    const session = state.writable()
    datasetOf(session, datasetId)
    const ids = session.bench.functions.allVersionIds(datasetId, name)
    if (ids.length === 0) throw new BenchError('not-found', `There is no labeling function "${name}".`, { field: 'name' })
    return change(session, `${deleted ? 'Delete' : 'Restore'} labeling function "${name}"`, { do: 'functions-deleted', datasetId, ids, at: deleted ? Date.now() : null })
  },
  'functions.preview': (input) => {
    requireClasses(state.session(), input.datasetId, input.definition)
    return state.tasks.ask('function-preview', input, state.session().bench.path, previewLimit) as Promise<FunctionPreview>
  },
  'functions.apply': ({ datasetId, functionIds }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    const wanted = functionIds?.map((id) => functionOf(session, id)) ?? session.bench.functions.list(datasetId).filter((each) => each.enabled && each.sourceId === null)
    const imported = wanted.find(({ definition }) => definition.kind === 'imported')
    if (imported !== undefined) throw new BenchError('conflict', `The votes of "${imported.name}" were imported: there is nothing to apply.`, { field: 'functionIds', hint: 'Import the file again for newer votes.' })
    if (wanted.length === 0) return { jobId: null }
    const name = wanted.length === 1 ? `Apply "${wanted[0]?.name}" to ${dataset.name}` : `Apply ${wanted.length} labeling functions to ${dataset.name}`
    return { jobId: session.jobs.enqueue({ kind: 'apply-functions', name, input: { datasetId, functionIds: wanted.map(({ id }) => id) } }).id }
  },
  'functions.table': (input) => {
    datasetOf(state.session(), input.datasetId)
    return state.tasks.ask('function-table', input, state.session().bench.path, tableLimit) as Promise<FunctionAnalysis>
  },
  'functions.suggest': (input) => {
    datasetOf(state.session(), input.datasetId)
    return state.tasks.ask('rule-suggestions', input, state.session().bench.path, tableLimit) as Promise<RuleSuggestions>
  }
})

export const labelModelHandlers = (state: CoreState): AreaHandlers<'label-models'> => ({
  'label-models.run': (input) => {
    const session = state.writable()
    const dataset = datasetOf(session, input.datasetId)
    const functions = session.bench.functions.list(dataset.id).filter(({ enabled, sourceId }) => enabled && sourceId !== null)
    const sourceIds = input.sourceIds ?? functions.flatMap(({ sourceId }) => sourceId ?? [])
    if (sourceIds.length === 0) throw new BenchError('conflict', 'No labeling function has voted yet.', { field: 'sourceIds', hint: 'Write labeling functions and apply them, or choose other label sources.' })
    for (const id of sourceIds) sourceOf(session, dataset, id, 'sourceIds')
    if (dataset.classes.length < 2) throw new BenchError('conflict', `"${dataset.name}" has fewer than two classes.`, { hint: 'Add classes to its class list.' })
    const job = session.jobs.enqueue({ kind: 'label-model', name: `${input.method} on ${dataset.name}`, input: { ...input, sourceIds } })
    return { jobId: job.id }
  }
})
