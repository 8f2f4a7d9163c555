import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { toErrorPayload, type ErrorPayload } from '../../../shared/contract/errors.ts'
import type { TrainingConfig, TrainingPlan } from '../../../shared/domain/training.ts'
import { useClient } from '../../connection.ts'

/** So long nothing changes before the plan is asked for, in milliseconds. */
const pause = 300

/** What a configuration amounts to, asked for again whenever it changes; the last answer stays until the next one is there. */
export function usePlan(config: Ref<TrainingConfig | null>, revision: () => number) {
  const plan = shallowRef<TrainingPlan | null>(null)
  const failure = shallowRef<ErrorPayload | null>(null)
  const busy = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let controller = new AbortController()

  /** @param measure times steps that were never timed, which takes seconds */
  async function ask(measure = false): Promise<void> {
    const asked = config.value
    if (asked === null) return
    busy.value = true
    controller = new AbortController()
    const { signal } = controller
    try {
      const answer = await useClient().call('training.plan', { config: asked, measure }, { signal })
      if (signal.aborted) return
      plan.value = answer
      failure.value = null
    } catch (error) {
      if (signal.aborted) return
      plan.value = null
      failure.value = toErrorPayload(error)
    }
    busy.value = false
  }

  watch([() => JSON.stringify(config.value), revision], () => {
    clearTimeout(timer)
    controller.abort()
    busy.value = config.value !== null
    if (config.value !== null) timer = setTimeout(() => void ask(), pause)
    else failure.value = null
  }, { immediate: true })
  onScopeDispose(() => {
    clearTimeout(timer)
    controller.abort()
  })
  return { plan, failure, busy, ask }
}
