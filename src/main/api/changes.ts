import type { DatasetClass, Split } from '../../shared/domain/dataset.ts'
import type { Filter, Sort } from '../../shared/domain/filter.ts'
import type { JournalState } from '../../shared/domain/journal.ts'
import type { Bench } from '../store/bench.ts'
import { decodeInt32, encodeInt32 } from './change-arrays.ts'

/**
 * Everything a person can change, as data. Each change has an inverse of the same form, computed before it is applied,
 * and both are stored in the journal: that is all undo needs, across restarts too.
 */
export type Change =
  | { readonly do: 'dataset-name'; readonly id: string; readonly name: string }
  | { readonly do: 'dataset-deleted'; readonly id: string; readonly at: number | null }
  | { readonly do: 'labels'; readonly datasetId: string; readonly sourceId: string; readonly rows: readonly number[]; readonly labels: readonly (number | null)[] }
  | { readonly do: 'splits'; readonly datasetId: string; readonly rows: readonly number[]; readonly splits: readonly (Split | null)[] }
  /** Thousands of rows and more: int32 arrays as base64, labels and split indices with -1 for none. */
  | { readonly do: 'label-batch'; readonly datasetId: string; readonly sourceId: string; readonly rows: string; readonly labels: string }
  | { readonly do: 'split-batch'; readonly datasetId: string; readonly rows: string; readonly splits: string }
  | { readonly do: 'classes'; readonly datasetId: string; readonly classes: readonly DatasetClass[] }
  | { readonly do: 'filter'; readonly datasetId: string; readonly id: string; readonly name: string; readonly filter: Filter; readonly sort: Sort | null }
  | { readonly do: 'filter-deleted'; readonly datasetId: string; readonly id: string; readonly at: number | null }
  | { readonly do: 'functions-deleted'; readonly datasetId: string; readonly ids: readonly string[]; readonly at: number | null }
  | { readonly do: 'function-enabled'; readonly datasetId: string; readonly id: string; readonly enabled: boolean }
  | { readonly do: 'experiment-name'; readonly id: string; readonly name: string }
  | { readonly do: 'experiment-notes'; readonly id: string; readonly notes: string }
  | { readonly do: 'experiment-deleted'; readonly id: string; readonly at: number | null }
  | { readonly do: 'run-name'; readonly id: string; readonly name: string }
  | { readonly do: 'run-notes'; readonly id: string; readonly notes: string }
  | { readonly do: 'run-tags'; readonly id: string; readonly tags: readonly string[] }
  | { readonly do: 'runs-deleted'; readonly ids: readonly string[]; readonly at: number | null }

/** Makes a change and its journal entry in one transaction, so that neither exists without the other. */
export function makeChange(bench: Bench, title: string, change: Change): JournalState {
  bench.transaction(() => {
    const inverse = inverseOf(bench, change)
    apply(bench, change)
    bench.journal.append(title, JSON.stringify(change), JSON.stringify(inverse))
  })
  return bench.journal.state()
}

/** Takes back the newest change that is in force; returns it, or undefined when there is none. */
export function undoChange(bench: Bench): Change | undefined {
  return bench.transaction(() => {
    const entry = bench.journal.nextUndo()
    if (entry === undefined) return undefined
    const inverse = JSON.parse(entry.inverse) as Change
    apply(bench, inverse)
    bench.journal.mark(entry.id, true)
    return inverse
  })
}

/** Makes the change taken back last once more; returns it, or undefined when there is none. */
export function redoChange(bench: Bench): Change | undefined {
  return bench.transaction(() => {
    const entry = bench.journal.nextRedo()
    if (entry === undefined) return undefined
    const forward = JSON.parse(entry.forward) as Change
    apply(bench, forward)
    bench.journal.mark(entry.id, false)
    return forward
  })
}

function apply(bench: Bench, change: Change): void {
  switch (change.do) {
    case 'dataset-name':
      return bench.datasets.rename(change.id, change.name)
    case 'dataset-deleted':
      return bench.datasets.setDeleted(change.id, change.at)
    case 'labels':
      // Labels are appended: taking one back is an event too, and the example's history shows it.
      return bench.labels.append(change.sourceId, change.rows, change.labels)
    case 'splits':
      return bench.splits.set(change.datasetId, change.rows, change.splits)
    case 'label-batch':
      return bench.labels.appendBatch(change.sourceId, decodeInt32(change.rows), decodeInt32(change.labels))
    case 'split-batch':
      return bench.splits.setIndices(change.datasetId, decodeInt32(change.rows), decodeInt32(change.splits))
    case 'classes':
      return bench.datasets.setClasses(change.datasetId, change.classes)
    case 'filter':
      return bench.filters.set(change.id, change.name, change.filter, change.sort)
    case 'filter-deleted':
      return bench.filters.setDeleted(change.id, change.at)
    case 'functions-deleted':
      return bench.functions.setDeleted(change.ids, change.at)
    case 'function-enabled':
      return bench.functions.setEnabled(change.id, change.enabled)
    case 'experiment-name':
      return bench.experiments.rename(change.id, change.name)
    case 'experiment-notes':
      return bench.experiments.setNotes(change.id, change.notes)
    case 'experiment-deleted':
      return bench.experiments.setDeleted(change.id, change.at)
    case 'run-name':
      return bench.runs.rename(change.id, change.name)
    case 'run-notes':
      return bench.runs.setNotes(change.id, change.notes)
    case 'run-tags':
      return bench.runs.setTags(change.id, change.tags)
    case 'runs-deleted':
      return bench.runs.setDeleted(change.ids, change.at)
  }
}

/** The change that leads back to the present state. */
function inverseOf(bench: Bench, change: Change): Change {
  switch (change.do) {
    case 'dataset-name':
      return { ...change, name: bench.datasets.require(change.id).name }
    case 'dataset-deleted':
    case 'experiment-deleted':
    case 'runs-deleted':
    case 'filter-deleted':
    case 'functions-deleted':
      // Callers only delete what is there and restore what is not.
      return { ...change, at: change.at === null ? Date.now() : null }
    case 'labels':
      return { ...change, labels: bench.labels.currentOf(change.sourceId, change.rows) }
    case 'splits':
      return { ...change, splits: bench.splits.of(change.datasetId, change.rows) }
    case 'label-batch': {
      const inForce = bench.labels.inForce(change.sourceId)
      return { ...change, labels: encodeInt32(decodeInt32(change.rows).map((row) => inForce[row] ?? -1)) }
    }
    case 'split-batch': {
      const pinned = bench.splits.pinned(change.datasetId, bench.datasets.require(change.datasetId).count)
      return { ...change, splits: encodeInt32(decodeInt32(change.rows).map((row) => pinned[row] ?? -1)) }
    }
    case 'classes':
      return { ...change, classes: bench.datasets.require(change.datasetId).classes }
    case 'filter': {
      const before = bench.filters.get(change.id)
      return before === undefined ? change : { ...change, name: before.name, filter: before.filter, sort: before.sort }
    }
    case 'function-enabled':
      return { ...change, enabled: bench.functions.require(change.id).enabled }
    case 'experiment-name':
      return { ...change, name: bench.experiments.require(change.id).name }
    case 'experiment-notes':
      return { ...change, notes: bench.experiments.require(change.id).notes }
    case 'run-name':
      return { ...change, name: bench.runs.require(change.id).name }
    case 'run-notes':
      return { ...change, notes: bench.runs.require(change.id).notes }
    case 'run-tags':
      return { ...change, tags: bench.runs.require(change.id).tags }
  }
}
