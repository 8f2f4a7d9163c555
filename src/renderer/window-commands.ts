import { useCommand } from './commands.ts'
import { goTo, viewNames } from './location.ts'
import { useBench } from './stores/bench.ts'
import { useExperiments } from './stores/experiments.ts'
import { useJournal } from './stores/journal.ts'
import { useNotices } from './stores/notices.ts'
import { useTransfers } from './stores/transfers.ts'
import { strings } from './strings.ts'
import { followSystemColours, themes, useThemeChoice } from './theme.ts'

/** Gives the commands that work in every view their action. */
export function useWindowCommands(window: { readonly openPalette: () => void; readonly openShortcuts: () => void }): void {
  const [bench, journal, transfers, experiments, notices] = [useBench(), useJournal(), useTransfers(), useExperiments(), useNotices()]
  const theme = useThemeChoice()
  const writable = (): boolean => !bench.readOnly
  followSystemColours()

  useCommand('palette.open', window.openPalette)
  useCommand('help.shortcuts', window.openShortcuts)
  for (const view of viewNames) useCommand(`view.${view}`, () => goTo(view))
  useCommand('edit.undo', () => journal.undo(), () => journal.canUndo && writable())
  useCommand('edit.redo', () => journal.redo(), () => journal.canRedo && writable())
  for (const mode of ['create', 'open', 'backup'] as const) useCommand(`bench.${mode}`, () => bench.ask(mode))
  useCommand('bench.check', async () => {
    const result = await bench.check()
    if (result !== null) notices.push(result.ok ? 'info' : 'error', result.ok ? strings.settings.checkOk : `${strings.settings.checkBad} ${result.problems.join('; ')}`)
  })
  useCommand('experiment.run-demo', () => runDemo(), writable)
  useCommand('experiment.new', () => goTo('home', null), writable)
  useCommand('data.add-sample', () => transfers.addSample('mnist-10k'), writable)
  useCommand('data.import', () => (transfers.importing = { path: '' }), writable)
  for (const choice of themes) useCommand(`theme.${choice}`, () => (theme.value = choice))

  async function runDemo(): Promise<void> {
    const experiment = await notices.attempt(() => experiments.start({}))
    if (experiment === null) return
    notices.info(strings.experiments.started(experiment.name))
    goTo('experiments', experiment.id)
  }
}
