import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { toErrorPayload, type ErrorPayload } from '../../../shared/contract/errors.ts'
import type { FunctionPreview } from '../../../shared/domain/function-preview.ts'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { useClient } from '../../connection.ts'

/** How long typing must rest before a preview is asked for, in milliseconds. */
export const previewDelay = 250

/** What a preview is asked for; null while the function is not complete. */
export interface PreviewQuestion {
  readonly datasetId: string
  readonly definition: LabelingFunctionDefinition
  /** The stored function being edited, whose own votes are no overlap; null for a new one. */
  readonly name: string | null
  readonly truthSourceId: string | null
}

/**
 * The preview of a function while it is written: asked for once typing rests, and only the answer to the last question counts.
 * The last preview stays, marked as old, until its successor is there.
 */
export function usePreview(question: () => PreviewQuestion | null): {
  readonly preview: ShallowRef<FunctionPreview | null>
  readonly failure: ShallowRef<ErrorPayload | null>
  readonly working: ShallowRef<boolean>
} {
  const preview = shallowRef<FunctionPreview | null>(null)
  const failure = shallowRef<ErrorPayload | null>(null)
  const working = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let controller = new AbortController()

  async function ask(asked: PreviewQuestion): Promise<void> {
    const own = new AbortController()
    controller = own
    try {
      const found = await useClient().call('functions.preview', asked, { signal: own.signal })
      if (own.signal.aborted) return
      preview.value = found
      failure.value = null
    } catch (error) {
      if (own.signal.aborted) return
      failure.value = toErrorPayload(error)
      preview.value = null
    }
    working.value = false
  }

  watch(() => JSON.stringify(question()), () => {
    clearTimeout(timer)
    controller.abort()
    const asked = question()
    failure.value = null
    working.value = asked !== null
    if (asked === null) preview.value = null
    else timer = setTimeout(() => void ask(asked), previewDelay)
  }, { immediate: true })
  onScopeDispose(() => {
    clearTimeout(timer)
    controller.abort()
  })
  return { preview, failure, working }
}
