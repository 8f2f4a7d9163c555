import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { engineAtFault, nextEngine } from '../../shared/contract/engine-failure.ts'
import type { EngineInfo } from '../../shared/domain/engine.ts'
import type { Job } from '../../shared/domain/job.ts'
import { useClient } from '../connection.ts'

/** The engines of this machine; probing may take a moment, so the list is read once and on demand. */
export const useEngines = defineStore('engines', () => {
  const list = shallowRef<readonly EngineInfo[]>([])
  const loaded = shallowRef(false)
  const measuring = shallowRef(false)
  const selected = computed(() => list.value.find((engine) => engine.isDefault) ?? null)

  async function load(): Promise<void> {
    list.value = await useClient().call('engines.list', {})
    loaded.value = true
  }

  /** Looks again and measures; the list shows the times when it ends, which takes seconds. */
  async function measure(): Promise<void> {
    measuring.value = true
    try {
      list.value = await useClient().call('engines.measure', {})
    } finally {
      measuring.value = false
    }
  }

  /** The engine to offer after the first of these jobs that failed because of its own; null where none would help. */
  function offerAfter(jobs: readonly Job[]): EngineInfo | null {
    const [failed] = jobs.flatMap(({ status, error }) => (status === 'failed' && error !== null ? (engineAtFault(error) ?? []) : []))
    return failed === undefined ? null : nextEngine(list.value, failed)
  }

  return { measure, measuring, list, loaded, selected, load, offerAfter }
})
