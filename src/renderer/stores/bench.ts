import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { AppInfo, BenchInfo, RecentBench } from '../../shared/domain/bench.ts'
import { useClient, type Connection } from '../connection.ts'
import { strings } from '../strings.ts'
import { useNotices } from './notices.ts'

/** The host, the open bench file, and the files opened before. */
export const useBench = defineStore('bench', () => {
  const app = shallowRef<AppInfo | null>(null)
  const info = shallowRef<BenchInfo | null>(null)
  const recent = shallowRef<readonly RecentBench[]>([])
  const connection = ref<Connection>('connected')
  /** The dialog that asks for a path where the host has none of its own. */
  const asking = ref<'open' | 'create' | 'backup' | null>(null)
  const notices = useNotices()

  const readOnly = computed(() => info.value?.readOnly ?? false)

  async function load(): Promise<void> {
    const client = useClient()
    const [appInfo, benchInfo, recentBenches] = await Promise.all([
      client.call('app.info', {}),
      client.call('bench.info', {}),
      client.call('bench.recent', {})
    ])
    app.value = appInfo
    info.value = benchInfo
    recent.value = recentBenches
  }

  /** Opens, creates or backs up at a path; rejects with a BenchError for whoever asked. */
  async function perform(mode: 'open' | 'create' | 'backup', path: string): Promise<void> {
    const client = useClient()
    if (mode === 'backup') {
      const backup = await client.call('bench.backup', { path })
      notices.info(strings.bench.backedUp(backup.path, backup.sizeBytes))
      return
    }
    await client.call(mode === 'open' ? 'bench.open' : 'bench.create', { path })
    // The event may come later than the answer: read what the answer promises.
    await load()
  }

  /** The same, with a failure reported in the status bar; true when it was done. */
  async function act(mode: 'open' | 'create' | 'backup', path: string): Promise<boolean> {
    return (await notices.attempt(async () => {
      await perform(mode, path)
      return true
    })) === true
  }

  /** Asks for a path (the host's own dialog, or one of the window) and opens, creates or backs up. */
  async function ask(mode: 'open' | 'create' | 'backup'): Promise<void> {
    if (app.value?.nativeDialogs !== true) {
      asking.value = mode
      return
    }
    const path = await notices.attempt(() => useClient().call('app.choose-bench', { mode }))
    if (path !== null) await act(mode, path)
  }

  async function check(): Promise<{ readonly ok: boolean; readonly problems: readonly string[] } | null> {
    return notices.attempt(() => useClient().call('bench.check', {}))
  }

  async function forget(path: string): Promise<void> {
    await notices.attempt(() => useClient().call('bench.forget', { path }))
    recent.value = recent.value.filter((bench) => bench.path !== path)
  }

  return { app, info, recent, connection, asking, readOnly, load, perform, act, ask, check, forget }
})
