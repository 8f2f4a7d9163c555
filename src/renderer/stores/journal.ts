import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { JournalState } from '../../shared/domain/journal.ts'
import { useClient } from '../connection.ts'
import { strings } from '../strings.ts'
import { useNotices } from './notices.ts'

const empty: JournalState = { undo: { depth: 0, title: null }, redo: { depth: 0, title: null } }

/** Undo and redo over the bench's journal, and the way every change a person makes is sent. */
export const useJournal = defineStore('journal', () => {
  const state = shallowRef<JournalState>(empty)
  const notices = useNotices()

  const canUndo = computed(() => state.value.undo.depth > 0)
  const canRedo = computed(() => state.value.redo.depth > 0)

  async function load(): Promise<void> {
    state.value = await useClient().call('journal.state', {})
  }

  /** Sends a change that has an inverse; true when it is in the journal. */
  async function change(action: () => Promise<JournalState>): Promise<boolean> {
    const result = await notices.attempt(action)
    if (result === null) return false
    state.value = result
    return true
  }

  async function undo(): Promise<void> {
    const title = state.value.undo.title
    if (canUndo.value && (await change(() => useClient().call('journal.undo', {})))) notices.info(strings.journal.undone(title ?? ''))
  }

  async function redo(): Promise<void> {
    const title = state.value.redo.title
    if (canRedo.value && (await change(() => useClient().call('journal.redo', {})))) notices.info(strings.journal.redone(title ?? ''))
  }

  return { state, canUndo, canRedo, load, change, undo, redo }
})
