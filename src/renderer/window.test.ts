import { describe, expect, it } from 'vitest'
import { commands, matchesKeys } from './commands.ts'
import { formatPlace, parsePlace } from './location.ts'
import { rankMatches } from './search.ts'

const press = (key: string, held: { ctrl?: boolean; shift?: boolean; alt?: boolean } = {}): KeyboardEvent =>
  ({ key, ctrlKey: held.ctrl ?? false, shiftKey: held.shift ?? false, altKey: held.alt ?? false, metaKey: false }) as KeyboardEvent

describe('shortcuts', () => {
  it('match exactly, whatever the case of the key', () => {
    expect(matchesKeys(press('z', { ctrl: true }), 'Mod+Z')).toBe(true)
    expect(matchesKeys(press('Z', { ctrl: true, shift: true }), 'Mod+Z')).toBe(false)
    expect(matchesKeys(press('Z', { ctrl: true, shift: true }), 'Mod+Shift+Z')).toBe(true)
    expect(matchesKeys(press('z'), 'Mod+Z')).toBe(false)
    expect(matchesKeys(press('k', { ctrl: true, alt: true }), 'Mod+K')).toBe(false)
  })
  it('take ? with or without Shift, as keyboards differ', () => {
    expect(matchesKeys(press('?', { shift: true }), '?')).toBe(true)
  })
  it('are unique within a view', () => {
    for (const view of ['experiments', 'data', 'label', 'jobs', null] as const) {
      const keys = commands.filter((command) => command.view === null || command.view === view).flatMap((command) => command.keys)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })
})

describe('places', () => {
  it('survive the address bar', () => {
    for (const place of [
      { view: 'home', id: null, run: null },
      { view: 'experiments', id: 'a-1', run: null },
      { view: 'experiments', id: 'a-1', run: 'r_2' }
    ] as const) expect(parsePlace(formatPlace(place))).toEqual(place)
  })
  it('are null for what is no view', () => {
    for (const hash of ['', '#', '#/nowhere', '#/%E0%A4%A']) expect(parsePlace(hash)).toBeNull()
  })
})

describe('search', () => {
  const names = ['Show or hide the side list', 'Go to Jobs', 'Undo', 'Hide side']
  it('wants every word and puts starts first', () => {
    expect(rankMatches(names, 'hide side', (name) => name)).toEqual(['Hide side', 'Show or hide the side list'])
    expect(rankMatches(names, '', (name) => name)).toEqual(names)
    expect(rankMatches(names, 'zzz', (name) => name)).toEqual([])
  })
})
