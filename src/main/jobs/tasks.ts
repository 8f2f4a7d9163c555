import type { Bench } from '../store/bench.ts'

type TaskWork = (input: unknown, bench: Bench) => Promise<unknown>

/** Questions that a worker answers at once, by name; nothing of them is stored. Each is loaded when it is first asked. */
export const taskKinds: Readonly<Record<string, () => Promise<TaskWork>>> = {
  agreement: async () => (await import('./agreement-task.ts')).agreement,
  'function-preview': async () => (await import('./function-tasks.ts')).functionPreview,
  'function-table': async () => (await import('./function-tasks.ts')).functionTable,
  'inspect-import': async () => (await import('./inspect-import.ts')).inspectImport,
  'rule-suggestions': async () => (await import('./function-tasks.ts')).ruleSuggestions,
  'training-outline': async () => (await import('./training-tasks.ts')).trainingOutline
}
