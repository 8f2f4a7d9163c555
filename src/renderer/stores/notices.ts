import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { toErrorPayload, type ErrorPayload } from '../../shared/contract/errors.ts'
import { strings } from '../strings.ts'

export interface Notice {
  readonly id: number
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
  readonly at: number
  readonly error: ErrorPayload | null
}

const kept = 50

/** One sentence at a time for the status bar, each announced once; the last fifty can be read again. */
export const useNotices = defineStore('notices', () => {
  const all = shallowRef<readonly Notice[]>([])
  const dismissed = ref(0)
  /** The error whose details are open in a dialog. */
  const inspected = shallowRef<Notice | null>(null)
  let next = 1

  function push(level: Notice['level'], message: string, error: ErrorPayload | null = null): void {
    const notice: Notice = { id: next, level, message, at: Date.now(), error }
    next += 1
    all.value = [...all.value, notice].slice(-kept)
  }

  /** Shows anything thrown as a sentence; a call the person cancelled is no news. */
  function report(error: unknown): void {
    const payload = toErrorPayload(error)
    if (payload.code !== 'cancelled') push('error', payload.message, payload)
  }

  /** Runs an action and reports its failure; the result is null then. */
  async function attempt<T>(action: () => Promise<T>): Promise<T | null> {
    try {
      return await action()
    } catch (error) {
      report(error)
      return null
    }
  }

  const latest = computed(() => {
    const last = all.value.at(-1)
    return last !== undefined && last.id > dismissed.value ? last : null
  })

  return {
    all,
    latest,
    inspected,
    push,
    report,
    attempt,
    info: (message: string) => push('info', message),
    dismiss: () => {
      dismissed.value = next - 1
    }
  }
})

/** An error as text for the clipboard. */
export const errorDetails = (error: ErrorPayload): string =>
  [
    `${strings.errors.code}: ${error.code}`,
    `${strings.errors.message}: ${error.message}`,
    error.field === undefined ? null : `${strings.errors.field}: ${error.field}`,
    error.engine === undefined ? null : `${strings.errors.engine}: ${error.engine}`,
    error.hint === undefined ? null : `${strings.errors.hint}: ${error.hint}`,
    error.details === undefined ? null : `\n${error.details}`
  ]
    .filter((line) => line !== null)
    .join('\n')
