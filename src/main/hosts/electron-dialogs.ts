import { type BrowserWindow, dialog } from 'electron'
import { join } from 'node:path'
import type { HostAbilities } from '../api/host-abilities.ts'

const filters = [{ name: 'Weakbench bench', extensions: ['weakbench'] }]

/** What the desktop host can do: native dialogs for bench files, above the window where there is one. */
export function electronAbilities(documents: string, window: () => BrowserWindow | null): HostAbilities {
  return {
    kind: 'electron',
    nativeDialogs: true,
    documents,
    async chooseBench(mode) {
      const owner = window()
      if (mode === 'open') {
        const options = { title: 'Open a bench', defaultPath: documents, filters, properties: ['openFile' as const] }
        const { canceled, filePaths } = await (owner ? dialog.showOpenDialog(owner, options) : dialog.showOpenDialog(options))
        return canceled ? null : (filePaths[0] ?? null)
      }
      const options = saveOptions(mode, documents)
      const { canceled, filePath } = await (owner ? dialog.showSaveDialog(owner, options) : dialog.showSaveDialog(options))
      return canceled || !filePath ? null : withExtension(filePath)
    },
    async chooseFile(mode, name) {
      const owner = window()
      if (mode === 'save') {
        const options = { title: 'Export', buttonLabel: 'Export', defaultPath: join(documents, name ?? 'export.csv'), properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const] }
        const { canceled, filePath } = await (owner ? dialog.showSaveDialog(owner, options) : dialog.showSaveDialog(options))
        return canceled || !filePath ? null : filePath
      }
      const options = { title: 'Import', buttonLabel: 'Import', defaultPath: documents, properties: [mode === 'file' ? ('openFile' as const) : ('openDirectory' as const)] }
      const { canceled, filePaths } = await (owner ? dialog.showOpenDialog(owner, options) : dialog.showOpenDialog(options))
      return canceled ? null : (filePaths[0] ?? null)
    }
  }
}

function saveOptions(mode: 'create' | 'backup', documents: string) {
  const name = mode === 'create' ? 'New bench.weakbench' : `Backup ${new Date().toISOString().slice(0, 10)}.weakbench`
  return {
    title: mode === 'create' ? 'New bench' : 'Back up the bench',
    buttonLabel: mode === 'create' ? 'Create' : 'Back up',
    defaultPath: join(documents, name),
    filters,
    properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const]
  }
}

// Linux dialogs do not add it, and a file without it is not found by the open dialog.
const withExtension = (path: string): string => (path.endsWith('.weakbench') ? path : `${path}.weakbench`)
