/**
 * Commands that the native menu asks the window for (event `menu.command`); the window runs the one of its
 * palette with the same id. Both sides take the ids from here.
 */
export const menuCommands = [
  'bench.create',
  'bench.open',
  'bench.backup',
  'edit.undo',
  'edit.redo',
  'view.home',
  'view.experiments',
  'view.data',
  'view.label',
  'view.noise',
  'view.train',
  'view.jobs',
  'view.settings',
  'palette.open',
  'help.shortcuts'
] as const
export type MenuCommand = (typeof menuCommands)[number]
