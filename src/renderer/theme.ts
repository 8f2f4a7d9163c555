import { onScopeDispose, shallowRef, type Ref } from 'vue'
import { isOneOf, useSettings } from './stores/settings.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** Counts up whenever colours change, so that canvases draw again. */
export const themeVersion = shallowRef(0)

export const useThemeChoice = (): Ref<Theme> => useSettings().remember<Theme>('window.theme', 'system', isOneOf(...themes))

/** Follows the system unless the person chose one side. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  themeVersion.value += 1
}

/** Counts up themeVersion when the system changes its colours or contrast; ends with the component. */
export function followSystemColours(): void {
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'].map((query) => window.matchMedia(query))
  const changed = (): void => void (themeVersion.value += 1)
  queries.forEach((query) => query.addEventListener('change', changed))
  onScopeDispose(() => queries.forEach((query) => query.removeEventListener('change', changed)))
}

let probe: HTMLElement | null = null

/** The present colour of a custom property, as canvases need it (`light-dark()` resolved). */
export function resolveColour(token: string): string {
  if (probe === null) {
    probe = document.createElement('span')
    probe.hidden = true
    // Forced colours would turn every curve black; canvases keep the palette, whose names stand beside.
    probe.style.setProperty('forced-color-adjust', 'none')
    document.body.append(probe)
  }
  probe.style.color = `var(${token})`
  return getComputedStyle(probe).color
}

/** The same colour with an opacity, in [0, 1]. */
export function resolveFaded(token: string, opacity: number): string {
  const parts = resolveColour(token).match(/[\d.]+/g) ?? []
  const [red = '0', green = '0', blue = '0'] = parts
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`
}
