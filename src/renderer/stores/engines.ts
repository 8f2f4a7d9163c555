import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { EngineInfo } from '../../shared/domain/engine.ts'
import { useClient } from '../connection.ts'

/** The engines of this machine; probing may take a moment, so the list is read once and on demand. */
export const useEngines = defineStore('engines', () => {
  const list = shallowRef<readonly EngineInfo[]>([])
  const loaded = shallowRef(false)
  const selected = computed(() => list.value.find((engine) => engine.isDefault) ?? null)

  async function load(): Promise<void> {
    list.value = await useClient().call('engines.list', {})
    loaded.value = true
  }

  return { list, loaded, selected, load }
})
