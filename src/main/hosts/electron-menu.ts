import type { MenuItemConstructorOptions } from 'electron'
import type { RecentBench } from '../../shared/domain/bench.ts'
import type { MenuCommand } from '../../shared/contract/menu.ts'

export interface MenuActions {
  /** Asks the window for a command of its palette. */
  run(command: MenuCommand): void
  /** Opens a bench file from the recent list. */
  openRecent(path: string): void
}

/** The native menu. Everything but window matters is a command of the window's palette, so that no feature lives in one host alone. */
export function menuTemplate(platform: NodeJS.Platform, recent: readonly RecentBench[], actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  const item = (label: string, command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    id: command,
    click: () => actions.run(command),
    ...(accelerator ? { accelerator } : {})
  })
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        item('New bench…', 'bench.create', 'CmdOrCtrl+N'),
        item('Open bench…', 'bench.open', 'CmdOrCtrl+O'),
        { label: 'Open recent', submenu: recentItems(recent, actions) },
        { type: 'separator' },
        item('Back up…', 'bench.backup'),
        { type: 'separator' },
        { role: isMac ? 'close' : 'quit' }
      ]
    },
    {
      label: '&Edit',
      submenu: [
        // The window undoes in the field that has the focus, else in the journal; the keys themselves reach it where the platform allows.
        { ...item('Undo', 'edit.undo', 'CmdOrCtrl+Z'), registerAccelerator: false },
        { ...item('Redo', 'edit.redo', isMac ? 'Cmd+Shift+Z' : 'Ctrl+Y'), registerAccelerator: false },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' }
      ]
    },
    {
      label: '&View',
      submenu: [
        item('Home', 'view.home', 'CmdOrCtrl+1'),
        item('Experiments', 'view.experiments', 'CmdOrCtrl+2'),
        item('Data', 'view.data', 'CmdOrCtrl+3'),
        item('Label', 'view.label', 'CmdOrCtrl+4'),
        item('Noise', 'view.noise', 'CmdOrCtrl+5'),
        item('Train', 'view.train', 'CmdOrCtrl+6'),
        item('Jobs', 'view.jobs', 'CmdOrCtrl+7'),
        item('Settings', 'view.settings', 'CmdOrCtrl+8'),
        { type: 'separator' },
        item('Command palette', 'palette.open', 'CmdOrCtrl+Shift+P'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        { type: 'separator' },
        { role: 'reload' },
        { role: 'toggleDevTools' }
      ]
    },
    { role: 'help', submenu: [item('Keyboard shortcuts', 'help.shortcuts'), ...(isMac ? [] : [{ role: 'about' as const }])] }
  ]
}

function recentItems(recent: readonly RecentBench[], actions: MenuActions): MenuItemConstructorOptions[] {
  if (recent.length === 0) return [{ label: 'No recent benches', enabled: false }]
  return recent.map(({ name, path, exists }) => ({ label: `${name}  (${path})`, enabled: exists, click: () => actions.openRecent(path) }))
}
