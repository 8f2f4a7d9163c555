import type { Ref } from 'vue'
import * as v from 'valibot'
import { queueOrders } from '../../../shared/domain/annotation.ts'
import { useSettings } from '../../stores/settings.ts'

/** How a data set is annotated; remembered in the bench, one a data set. Ids that no longer exist count as not chosen. */
const SettingsSchema = v.object({
  order: v.picklist(queueOrders),
  /** The source that the order looks at; empty: all of them. */
  orderSource: v.string(),
  /** A saved filter; empty: every example. */
  filter: v.string(),
  /** The source whose labels are suggested; empty: none. */
  suggestion: v.string()
})
export type AnnotateSettings = v.InferOutput<typeof SettingsSchema>

const initial: AnnotateSettings = { order: 'row', orderSource: '', filter: '', suggestion: '' }

export const useAnnotateSettings = (datasetId: string): Ref<AnnotateSettings> =>
  useSettings().remember<AnnotateSettings>(`label.annotate.${datasetId}`, initial, (value): value is AnnotateSettings => v.is(SettingsSchema, value))

/** The name under which labels are stored: the person's, in every data set of the bench. */
export const useAnnotatorName = (): Ref<string> =>
  useSettings().remember<string>('label.annotator', 'me', (value): value is string => typeof value === 'string' && value.trim() !== '')
