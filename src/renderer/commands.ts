import { computed, onScopeDispose, shallowReactive, toValue, type MaybeRefOrGetter } from 'vue'
import { menuCommands } from '../shared/contract/menu.ts'
import { strings } from './strings.ts'
import type { ViewName } from './location.ts'

export type CommandId = keyof typeof strings.commands

/** Fails to compile when the native menu has a command that the window lacks. */
menuCommands satisfies readonly CommandId[]

export interface Command {
  readonly id: CommandId
  /** Keys as written for people; `Mod` is Ctrl, or Cmd on a Mac. The first one is shown. */
  readonly keys: readonly string[]
  /** The view it belongs to, or null for everywhere. */
  readonly view: ViewName | null
}

const command = (id: CommandId, keys: readonly string[] = [], view: ViewName | null = null): Command => ({ id, keys, view })

/** Every command of the window. The native menu sends these ids; the palette and the shortcut sheet list them. */
export const commands: readonly Command[] = [
  command('palette.open', ['Mod+K', 'Mod+Shift+P']),
  command('help.shortcuts', ['?']),
  command('view.home', ['Mod+1']),
  command('view.experiments', ['Mod+2']),
  command('view.data', ['Mod+3']),
  command('view.label', ['Mod+4']),
  command('view.noise', ['Mod+5']),
  command('view.train', ['Mod+6']),
  command('view.jobs', ['Mod+7']),
  command('view.settings', ['Mod+8']),
  command('view.toggle-side', ['Mod+B']),
  command('view.toggle-inspector', ['Mod+I']),
  command('edit.undo', ['Mod+Z']),
  command('edit.redo', ['Mod+Shift+Z', 'Mod+Y']),
  command('bench.create'),
  command('bench.open', ['Mod+O']),
  command('bench.backup'),
  command('bench.check'),
  command('experiment.run-demo'),
  command('experiment.new'),
  command('experiment.cancel', [], 'experiments'),
  command('experiment.resume', [], 'experiments'),
  command('experiment.rename', ['F2'], 'experiments'),
  command('runs.clear-selection', ['Escape'], 'experiments'),
  command('runs.delete', ['Delete'], 'experiments'),
  command('charts.reset-zoom', ['0'], 'experiments'),
  command('data.add-sample'),
  command('data.import'),
  command('data.query', ['/'], 'data'),
  command('data.filter-builder', ['Mod+Shift+F'], 'data'),
  command('data.clear-filter', [], 'data'),
  command('data.save-filter', ['Mod+S'], 'data'),
  command('data.select-all', ['Mod+A'], 'data'),
  command('data.clear-selection', ['Escape'], 'data'),
  command('data.layout', ['Mod+L'], 'data'),
  command('data.export', ['Mod+E'], 'data'),
  command('data.make-splits', [], 'data'),
  command('data.classes', [], 'data'),
  command('data.freeze', [], 'data'),
  command('data.find-duplicates', [], 'data'),
  command('data.withdraw-label', ['Backspace'], 'data'),
  command('label.accept', ['Enter'], 'label'),
  command('label.skip', ['Mod+Space'], 'label'),
  command('label.previous', ['ArrowLeft'], 'label'),
  command('label.next', ['ArrowRight'], 'label'),
  command('label.withdraw', ['Backspace'], 'label'),
  command('function.save', ['Mod+S'], 'label'),
  command('function.new', [], 'label'),
  command('function.apply', [], 'label'),
  command('votes.import', [], 'label'),
  command('votes.export', [], 'label'),
  command('noise.check', ['Mod+Enter'], 'noise'),
  command('noise.inject', [], 'noise'),
  command('noise.accept', ['Enter'], 'noise'),
  command('noise.correct', ['c'], 'noise'),
  command('noise.leave-out', ['x'], 'noise'),
  command('noise.queue', ['q'], 'noise'),
  command('noise.select-all', ['Mod+A'], 'noise'),
  command('noise.clear-selection', ['Escape'], 'noise'),
  command('noise.retrain', [], 'noise'),
  command('train.start', ['Mod+Enter'], 'train'),
  command('train.add-arm', [], 'train'),
  command('train.defaults', [], 'train'),
  command('job.cancel', [], 'jobs'),
  command('job.resume', [], 'jobs'),
  command('theme.system'),
  command('theme.light'),
  command('theme.dark')
]

interface Handler {
  readonly run: () => unknown
  readonly enabled: MaybeRefOrGetter<boolean>
}

const handlers = shallowReactive(new Map<CommandId, Handler>())

/** Gives a command its action for as long as the calling component lives. */
export function useCommand(id: CommandId, run: () => unknown, enabled: MaybeRefOrGetter<boolean> = true): void {
  const handler = { run, enabled }
  handlers.set(id, handler)
  onScopeDispose(() => {
    if (handlers.get(id) === handler) handlers.delete(id)
  })
}

/** True when the command has an action now and its condition holds. */
export function isEnabled(id: CommandId): boolean {
  const handler = handlers.get(id)
  return handler !== undefined && toValue(handler.enabled)
}

/** Runs a command; false when it has no action now. */
export function runCommand(id: CommandId): boolean {
  if (!isEnabled(id)) return false
  void handlers.get(id)?.run()
  return true
}

export const isCommandId = (text: string): text is CommandId => Object.hasOwn(strings.commands, text)
export const enabledCommands = computed(() => commands.filter((candidate) => isEnabled(candidate.id)))

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

/** A shortcut as this platform writes it. */
export const shownKeys = (keys: string): string =>
  isMac ? keys.replace('Mod+', '\u2318').replace('Shift+', '\u21e7') : keys.replace('Mod', 'Ctrl')

/** True when the event is exactly this combination. */
export function matchesKeys(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split('+')
  const key = parts.at(-1) ?? ''
  const mod = isMac ? event.metaKey : event.ctrlKey
  const shiftMatters = key.length > 1 || /[a-z]/i.test(key)
  return (
    (event.key === ' ' ? 'space' : event.key.toLowerCase()) === key.toLowerCase() &&
    mod === parts.includes('Mod') &&
    !event.altKey &&
    (!shiftMatters || event.shiftKey === parts.includes('Shift'))
  )
}

/** True where a key press writes text, so that single keys and undo belong to the field. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && !isCheck(target)

const isCheck = (target: HTMLElement): boolean => target instanceof HTMLInputElement && ['checkbox', 'radio', 'range'].includes(target.type)

const whileTyping: ReadonlySet<CommandId> = new Set(['palette.open', 'view.home', 'view.experiments', 'view.data', 'view.label', 'view.noise', 'view.train', 'view.jobs', 'view.settings', 'bench.open', 'function.save', 'train.start', 'noise.check'])

/** Finds the command a key press means in this view and runs it. */
export function handleKeys(event: KeyboardEvent, view: ViewName): void {
  if (event.defaultPrevented) return
  const typing = isTyping(event.target)
  // A dialog or menu on top keeps its keys; only the palette opens over it.
  const covered = document.querySelector('[role="dialog"], [role="menu"]') !== null
  const found = commands.find(
    (candidate) =>
      (candidate.view === null || candidate.view === view) &&
      (!typing || whileTyping.has(candidate.id)) &&
      (!covered || candidate.id === 'palette.open') &&
      candidate.keys.some((keys) => matchesKeys(event, keys))
  )
  if (found !== undefined && runCommand(found.id)) event.preventDefault()
}
