import { defineStore } from 'pinia'
import { ref, shallowReactive, watch, type Ref } from 'vue'
import { useClient } from '../connection.ts'
import { useNotices } from './notices.ts'

interface Field {
  readonly value: Ref<unknown>
  readonly initial: unknown
  readonly accepts: (value: unknown) => boolean
  loaded: boolean
}

const saveDelay = 400

/**
 * View state (sizes, sorts, open panels, theme), remembered in the bench file. A field shows its default until
 * the bench has answered; what the person changes before that wins over what was stored.
 */
export const useSettings = defineStore('settings', () => {
  const fields = shallowReactive(new Map<string, Field>())
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const unsaved = new Map<string, unknown>()
  const notices = useNotices()
  let reading = false

  async function read(key: string, field: Field): Promise<void> {
    try {
      const text = await useClient().call('settings.get', { key })
      if (timers.has(key)) return
      const stored: unknown = text === null ? field.initial : JSON.parse(text)
      reading = true
      field.value.value = field.accepts(stored) ? stored : field.initial
      reading = false
      field.loaded = true
    } catch (error) {
      if (!(error instanceof SyntaxError)) notices.report(error)
    }
  }

  function save(key: string, value: unknown): void {
    clearTimeout(timers.get(key))
    timers.set(key, setTimeout(() => send(key, value), saveDelay))
    unsaved.set(key, value)
  }

  function send(key: string, value: unknown): void {
    timers.delete(key)
    unsaved.delete(key)
    // A read-only bench or a lost connection keeps the change in the window only; that is no news.
    useClient().call('settings.set', { key, value: JSON.stringify(value) }).catch(() => undefined)
  }

  /** Saves what still waits, when the window is about to go. */
  function flush(): void {
    for (const [key, value] of [...unsaved]) {
      clearTimeout(timers.get(key))
      send(key, value)
    }
  }

  /** A remembered value under a key of this bench; `accepts` guards against text written by other versions. */
  function remember<T>(key: string, initial: T, accepts: (value: unknown) => value is T): Ref<T> {
    const known = fields.get(key)
    if (known !== undefined) return known.value as Ref<T>
    const value = ref(initial) as Ref<T>
    const field: Field = { value: value, initial, accepts, loaded: false }
    fields.set(key, field)
    watch(value, (changed) => { if (!reading) save(key, changed) }, { flush: 'sync', deep: true })
    void read(key, field)
    return value
  }

  /** Reads every field again, after another bench was opened or the connection came back. */
  async function load(): Promise<void> {
    await Promise.all([...fields].map(([key, field]) => read(key, field)))
  }

  /** Drops changes not yet saved: they belong to the bench that was open before. */
  function forget(): void {
    timers.forEach((timer) => clearTimeout(timer))
    timers.clear()
    unsaved.clear()
  }

  return { remember, load, forget, flush }
})

export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
export const isString = (value: unknown): value is string => typeof value === 'string'
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isOneOf = <T extends string>(...options: readonly T[]) => (value: unknown): value is T => options.some((option) => option === value)
