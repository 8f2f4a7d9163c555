import { defineStore } from 'pinia'
import type { Ref } from 'vue'
import * as v from 'valibot'
import { everything, type Filter, FilterSchema, isGroup, type Sort, SortSchema } from '../../shared/domain/filter.ts'
import { goTo } from '../location.ts'
import { isOneOf, useSettings } from './settings.ts'

/** What a person looks at in a data set; remembered in the bench, one state a data set. */
export interface DataViewState {
  readonly filter: Filter
  readonly sort: Sort | null
  /** The source whose labels are shown and that `label:` means; null: the first given or true one. */
  readonly sourceId: string | null
  /** Other sources whose labels are shown; null: the person's own. */
  readonly sources: readonly string[] | null
  /** Names of the data columns shown; null: the first ones. */
  readonly columns: readonly string[] | null
  /** Widths of columns by key, in pixels, where they were changed. */
  readonly widths: Readonly<Record<string, number>>
}

export const dataTabs = ['examples', 'balance', 'versions', 'duplicates', 'import'] as const
export type DataTab = (typeof dataTabs)[number]

const names = v.nullable(v.array(v.string()))
const StateSchema = v.object({ filter: FilterSchema, sort: v.nullable(SortSchema), sourceId: v.nullable(v.string()), sources: names, columns: names, widths: v.record(v.string(), v.number()) })
const initial: DataViewState = { filter: everything, sort: null, sourceId: null, sources: null, columns: null, widths: {} }
const isState = (value: unknown): value is DataViewState => v.is(StateSchema, value)

/** The filter as a group, so that parts can be added to it. */
export const asGroup = (filter: Filter): Filter => (isGroup(filter) ? filter : { kind: 'and', parts: [filter] })

/** How each data set is looked at, and the way for other views to show some of its examples. */
export const useDataViews = defineStore('data-views', () => {
  const settings = useSettings()
  const tab = settings.remember<DataTab>('data.tab', 'examples', isOneOf(...dataTabs))

  const stateOf = (datasetId: string): Ref<DataViewState> => settings.remember<DataViewState>(`data.view.${datasetId}`, initial, isState)

  function change(datasetId: string, fields: Partial<DataViewState>): void {
    const state = stateOf(datasetId)
    state.value = { ...state.value, ...fields }
  }

  /** Goes to the Data view with exactly these examples shown. */
  function show(datasetId: string, filter: Filter, sort: Sort | null = null): void {
    change(datasetId, { filter: asGroup(filter), sort })
    tab.value = 'examples'
    goTo('data', datasetId)
  }

  return { tab, stateOf, change, show }
})
