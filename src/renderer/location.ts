import { computed, shallowRef } from 'vue'

export const viewNames = ['home', 'experiments', 'data', 'label', 'noise', 'train', 'jobs', 'settings'] as const
export type ViewName = (typeof viewNames)[number]
export interface Place {
  readonly view: ViewName
  /** The experiment, data set or job shown, or null. */
  readonly id: string | null
  /** The run selected in an experiment, or null. */
  readonly run: string | null
}

const isView = (text: string): text is ViewName => viewNames.some((name) => name === text)

/** Reads `#/experiments/<id>/<run>`; null when the hash names no view. */
export function parsePlace(hash: string): Place | null {
  const [view = '', id = '', run = ''] = hash.replace(/^#\/?/, '').split('/').map(decodeSafely)
  return isView(view) ? { view, id: id || null, run: run || null } : null
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

export const formatPlace = (place: Place): string =>
  `#/${[place.view, place.id, place.id === null ? null : place.run].filter((part) => part !== null).map(encodeURIComponent).join('/')}`

const place = shallowRef<Place>({ view: 'home', id: null, run: null })
const lastIds = new Map<ViewName, string | null>()

export const currentPlace = computed(() => place.value)

let asked = false

/** Whether any place was asked for yet, even the one already shown. */
export const wentSomewhere = (): boolean => asked

/** Shows a place; without an id, the one last shown in that view. The hash follows, so that a reload finds it again. */
export function goTo(view: ViewName, id?: string | null, run: string | null = null, replace = false): void {
  asked = true
  const next = { view, id: id === undefined ? (lastIds.get(view) ?? null) : id, run }
  const hash = formatPlace(next)
  if (hash === formatPlace(place.value)) return
  enter(next)
  if (replace) history.replaceState(null, '', hash)
  else history.pushState(null, '', hash)
}

function enter(next: Place): void {
  lastIds.set(next.view, next.id)
  place.value = next
}

/** Follows the address bar; returns true when it named a place at the start, and the function that ends it. */
export function followHash(): { readonly named: boolean; readonly stop: () => void } {
  const read = (): boolean => {
    const found = parsePlace(window.location.hash)
    if (found !== null) enter(found)
    return found !== null
  }
  const named = read()
  window.addEventListener('hashchange', read)
  window.addEventListener('popstate', read)
  return {
    named,
    stop: () => {
      window.removeEventListener('hashchange', read)
      window.removeEventListener('popstate', read)
    }
  }
}

/** Forgets what each view showed; called when another bench file is opened. */
export function forgetPlaces(): void {
  lastIds.clear()
  goTo(place.value.view, null, null, true)
}
