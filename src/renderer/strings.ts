import { bulkStrings, exportStrings, filterStrings, importStrings, panelStrings, tableStrings, transferStrings } from './data-strings.ts'
import { labelStrings } from './label-strings.ts'
import { noiseStrings } from './noise-strings.ts'
import { formatBytes, formatCount, formatPlural, formatQuantity } from './numbers.ts'
import { trainStrings } from './train-strings.ts'

/** Every text of the window, in one place. Sentence case, field terms. */
export const strings = {
  app: {
    name: 'Weakbench',
    purpose: 'An offline lab bench for learning from weak, noisy and partial labels.',
    connecting: 'Reading the bench',
    views: 'Views',
    side: 'Side list',
    inspector: 'Inspector',
    openInspector: 'Show the inspector',
    resizeSide: 'Width of the side list',
    resizeInspector: 'Width of the inspector',
    skip: 'Skip to the view'
  },
  views: { home: 'Home', experiments: 'Experiments', data: 'Data', label: 'Label', noise: 'Noise', train: 'Train', jobs: 'Jobs', settings: 'Settings' },
  common: {
    cancel: 'Cancel', close: 'Close', copy: 'Copy', copied: 'Copied to the clipboard', copyDetails: 'Copy details', details: 'Details', delete: 'Delete',
    rename: 'Rename', save: 'Save', retry: 'Try again', refresh: 'Refresh', more: 'More actions', name: 'Name', notes: 'Notes', tags: 'Tags', none: 'none',
    addTag: 'Add a tag', removeTag: (tag: string) => `Remove tag ${tag}`, yes: 'yes', no: 'no', undo: 'Undo', redo: 'Redo', open: 'Open', dismiss: 'Dismiss',
    copyFailed: 'The clipboard is not available here.', loading: 'Loading', search: 'Filter', created: 'Created', status: 'Status', progress: 'Progress'
  },
  status: {
    queued: 'Queued', running: 'Running', cancelling: 'Cancelling', done: 'Done', failed: 'Failed', cancelled: 'Cancelled', interrupted: 'Interrupted'
  },
  connection: {
    connected: 'Connected', reconnecting: 'Connection lost, trying again',
    refused: 'Connection refused: open the address that the server printed last',
    back: 'Connected again; everything was read anew'
  },
  errors: {
    title: 'Error', code: 'Code', message: 'Message', field: 'Field', engine: 'Engine', hint: 'What to do', render: 'This view could not be shown.', unread: 'The bench could not be read.', unreadHint: 'Try again; if that fails, start the bench anew.',
    renderHint: 'Go to another view or reload the window; the bench file is unharmed.'
  },
  bench: {
    title: 'Bench file', none: 'No bench open', create: 'New bench', open: 'Open bench', backup: 'Back up', recent: 'Recent', path: 'Path of a bench file',
    pathPlaceholder: (folder: string) => `${folder}/example.weakbench`, openPath: 'Open', createPath: 'Create', missing: 'file not found', forget: 'Remove from the list',
    readOnly: 'read-only', noRecent: 'Benches you open are listed here.', openedAt: 'Opened',
    contents: (datasets: number, experiments: number, runs: number) =>
      [formatPlural(datasets, 'data set', 'data sets'), formatPlural(experiments, 'experiment', 'experiments'), formatPlural(runs, 'run', 'runs')].join(' · '),
    backedUp: (path: string, bytes: number) => `Backed up to ${path} (${formatBytes(bytes)})`,
    dialog: {
      open: { title: 'Open a bench file', text: 'Full path on the machine where the bench runs.', action: 'Open' },
      create: { title: 'Create a bench file', text: 'Full path of a file that does not exist yet; the ending is .weakbench.', action: 'Create' },
      backup: { title: 'Back up the bench', text: 'Full path of the copy. The open bench stays as it is.', action: 'Back up' }
    }
  },
  home: {
    title: 'Home',
    demoTitle: 'Weak-to-strong generalization',
    demoText: 'A weak teacher labels digits it has seen little of; a stronger student learns from those labels alone. How much of the gap to its ceiling does the student recover?',
    runDemo: 'Run weak-to-strong on 10k MNIST',
    demoFacts: 'Eight seeds, five arms, with the defaults below. Stored in this bench.',
    ownSettings: 'With other settings',
    attention: 'Needs attention',
    nothing: 'Nothing needs attention.',
    recent: 'Recent experiments',
    noExperiments: 'Experiments appear here with their progress and result.',
    all: 'All experiments',
    best: 'Best', pgr: (text: string) => `PGR ${text}`, accuracy: (text: string) => `accuracy ${text}`
  },
  form: {
    start: 'Start experiment', starting: 'Starting', reset: 'Defaults', advanced: 'Advanced',
    name: { label: 'Name', help: 'Left empty, the bench names it after its settings.' },
    task: { label: 'Task', help: 'What the teacher and student decide about a digit.', options: { parity: 'Parity: odd or even', 'at-least-five': 'Digit at least five' } },
    pretraining: {
      label: 'Student pretraining', help: 'Where the strong model\u2019s knowledge comes from before it sees weak labels.',
      options: { unlabelled: 'Unlabelled images', 'digit-labels': 'Ten-class digit labels' }
    },
    teacherLabels: { label: 'Teacher labels', help: 'True labels the weak teacher is trained on, 200 to 2,000. Default 1,000.' },
    seeds: { label: 'Seeds', help: 'Repeats with different splits and starts, such as 0-7 or 0, 2, 5. Intervals need at least two.' },
    confidenceWeight: { label: 'Confidence weight', help: 'Largest weight of the auxiliary confidence loss, 0 to 1. Default 0.75.' },
    confidenceWarmUp: { label: 'Warm-up', help: 'Share of the steps over which that weight grows, 0 to 0.5. Default 0.2.' },
    threshold: {
      label: 'Threshold', help: 'How the student\u2019s own predictions are hardened: by the weak labels\u2019 class share in each batch, or at one half.',
      options: { adaptive: 'Adaptive, per batch', fixed: 'Fixed at 0.5' }
    },
    supervisorLevel: { label: 'Teacher level', help: 'Model size of the teacher, 1 (3 by 3 pixels) to 4. Default 1.' },
    studentLevel: { label: 'Student level', help: 'Model size of the student, 2 to 5 (14 by 14 pixels). Default 5.' },
    weakLabels: { label: 'Weak labels', help: 'Class probabilities of the teacher, or its decision only.', options: { soft: 'Soft', hard: 'Hard' } },
    pseudoClasses: { label: 'Pseudo-classes', help: 'Groups made of the unlabelled images for pretraining, 2 to 100. Default 10.' },
    confidenceSchedule: {
      label: 'Confidence schedule', help: 'How the weight grows: linearly, or as in the published code, which jumps after the warm-up.',
      options: { paper: 'Paper: linear', code: 'Code: jump' }
    },
    pretrainingSteps: { label: 'Pretraining steps', help: 'Default 500.' },
    headSteps: { label: 'Head steps', help: 'Steps of each teacher, student and ceiling head. Default 400.' },
    engine: { label: 'Engine', help: 'Automatic takes the best engine of this machine.', auto: 'Automatic' },
    badSeeds: 'Seeds are whole numbers or ranges, separated by commas.',
    badNumber: 'A number is missing here.', whole: 'A whole number is needed.', least: (value: number) => `At least ${formatQuantity(value)}.`, most: (value: number) => `At most ${formatQuantity(value)}.`,
    fewest: (value: number) => `At least ${formatPlural(value, 'entry', 'entries')}.`, longest: (value: number) => `At most ${formatPlural(value, 'entry', 'entries')}.`
  },
  attention: {
    interrupted: (jobs: number) => `${jobs === 1 ? 'Interrupted.' : `${formatCount(jobs)} jobs interrupted.`} Resuming goes on from the last checkpoint with the same result.`,
    others: (jobs: number) => `${formatPlural(jobs, 'more job', 'more jobs')} of this experiment failed.`,
    resume: 'Resume', discard: 'Discard',
    runOn: (engine: string) => `Run on ${engine}`, runOnHelp: 'Starts the experiment anew with the same settings; this one stays.',
    discardTitle: (name: string) => `Discard \u201c${name}\u201d`,
    discardText: (jobs: number) => `${jobs === 1 ? 'Its checkpoint is' : `The checkpoints of ${formatCount(jobs)} jobs are`} dropped and cannot be resumed. The runs stay, marked cancelled.`
  },
  experiments: {
    list: 'Experiments', filter: 'Filter experiments', fresh: 'New experiment', empty: 'No experiments yet',
    emptyText: 'An experiment trains every arm over several seeds and compares them. Start with weak-to-strong on the shipped digits.',
    pick: 'No experiment selected', pickText: 'Choose one in the list at the left, or start a new one.',
    missing: 'This experiment is not in the bench', missingText: 'It may have been deleted, or belong to another bench file. Undo brings a deletion back.',
    noMatch: 'No experiment matches.',
    cancel: 'Cancel', resume: 'Resume', remove: 'Delete experiment', rename: 'Rename experiment',
    deleted: (name: string) => `Deleted \u201c${name}\u201d. Undo brings it back`,
    started: (name: string) => `Started \u201c${name}\u201d`,
    finished: (name: string, duration: string, best: string) => `\u201c${name}\u201d finished in ${duration}: ${best}`,
    bestRecovered: (arm: string, share: string) => `${arm} recovered ${share} of the gap`,
    noGap: 'teacher and ceiling are too close for a gap',
    ended: (name: string, how: string) => `\u201c${name}\u201d ${how}`,
    howEnded: { failed: 'failed; Jobs says why', cancelled: 'was cancelled; its runs stay', interrupted: 'was interrupted; resume it here or on Home' },
    seeds: (count: number) => formatPlural(count, 'seed', 'seeds'), runs: (count: number) => formatPlural(count, 'run', 'runs'),
    progress: 'Progress by seed', waiting: 'Waiting for a worker', jobsDone: (done: number, all: number) => `${formatCount(done)} of ${formatPlural(all, 'job', 'jobs')} done`, seed: 'Seed', stages: 'Stage of each arm in each seed', notesHelp: 'What was tried and why.'
  },
  charts: {
    curves: 'Learning curves', metric: 'Metric', spread: 'Band', spreadOptions: { sd: '\u00b1 sd', range: 'min\u2013max', interval: '95% interval', seeds: 'each seed' },
    spreadNames: { sd: 'mean \u00b1 sd', range: 'mean, min\u2013max', interval: 'mean, 95% interval', seeds: 'each seed' },
    step: 'step', seeds: 'n seeds', resetZoom: 'Reset zoom', menu: 'Chart actions', copyPng: 'Copy as PNG', savePng: 'Save as PNG', saveCsv: 'Save as CSV', copyCsv: 'Copy as CSV',
    showData: 'Show data', hideData: 'Show chart', waiting: 'Waiting for the first points', noPoints: 'No points of this metric',
    failed: 'The points could not be read', hint: 'Drag zooms, double click resets, a click selects the run',
    arms: 'Test accuracy by arm', pgr: 'Gap recovered (PGR)', noComparison: 'The comparison appears once a seed is complete in every arm',
    noPgr: 'No seed has a gap between teacher and ceiling of at least 0.01, so the share recovered is undefined',
    accuracyAxis: 'test accuracy', pgrAxis: 'PGR, share of the gap', teacher: 'teacher', ceiling: 'ceiling', mean: 'Mean', lower: 'Lower', upper: 'Upper', run: 'Run', n: 'n',
    intervalNote: (seeds: number) => `95% interval · ${formatPlural(seeds, 'seed', 'seeds')}`,
    pngCopied: 'Chart copied as PNG', tooMany: (shown: number, all: number) => `${formatCount(shown)} of ${formatCount(all)} rows; the CSV has all`
  },
  metrics: { loss: 'Loss', trainLoss: 'Training loss', validationLoss: 'Validation loss', testAccuracy: 'Test accuracy', validationAccuracy: 'Validation accuracy', agreement: 'Agreement with teacher', agreementWithLabels: 'Agreement with its labels', learningRate: 'Learning rate', macroF1: 'Macro-F1', ece: 'Calibration error (ECE)', seconds: 'Seconds', agreementOnErrors: 'Agreement on errors', agreementOnRight: 'Agreement elsewhere', steps: 'Steps' } as Readonly<Record<string, string>>,
  arms: {
    weak: 'Weak teacher', naive: 'Naive student', confidence: 'Confidence loss', bootstrapping: 'Bootstrapping', ceiling: 'Strong ceiling'
  } as Readonly<Record<string, string>>,
  armsShort: { weak: 'weak', naive: 'naive', confidence: 'confidence', bootstrapping: 'bootstrap', ceiling: 'ceiling' } as Readonly<Record<string, string>>,
  roles: {
    pretraining: 'pretraining', teacher: 'teacher', student: 'student', ceiling: 'ceiling', intermediate: 'intermediate', single: 'single'
  } as Readonly<Record<string, string>>,
  summary: {
    title: 'Comparison', arm: 'Arm', accuracy: 'Test accuracy', gain: 'Gain over teacher', pgr: 'PGR', agreement: 'Agreement', onErrors: 'On teacher\u2019s errors', seconds: 'Time', n: 'n',
    note: 'Mean \u00b1 sample standard deviation over seeds. PGR: performance gap recovered, (student \u2212 teacher) / (ceiling \u2212 teacher).',
    withoutGap: (seeds: string) => `Seeds without a gap, left out of PGR: ${seeds}.`,
    partial: (done: number, all: number) => `${done} of ${formatPlural(all, 'seed', 'seeds')} complete so far`,
    claims: 'Claims checked', claim: 'Claim', difference: 'Mean difference', interval: '95% interval, paired', verdict: 'Verdict',
    verdicts: { holds: 'holds', open: 'open', contradicted: 'contradicted' },
    verdictHelp: { holds: 'The interval lies on the claimed side of zero.', open: 'The interval spans zero, or there is one seed only.', contradicted: 'The interval lies on the other side of zero.' },
    noClaims: 'Claims are checked once two seeds are complete.'
  },
  runs: {
    title: 'Runs', run: 'Run', arm: 'Arm', seed: 'Seed', role: 'Role', status: 'Status', accuracy: 'Test accuracy', seconds: 'Time', engine: 'Engine', tags: 'Tags', select: (name: string) => `Select ${name}`,
    selectAll: 'Select all runs', selected: (count: number) => `${formatCount(count)} selected`, empty: 'Runs appear here as soon as the job creates them.',
    deleted: (count: number) => `Deleted ${formatPlural(count, 'run', 'runs')}. Undo brings ${count === 1 ? 'it' : 'them'} back`,
    deleteSelected: 'Delete selected', clear: 'Clear selection', menu: 'Run actions', sortBy: (column: string) => `Sort by ${column}`,
    differences: 'Configuration differences', pickTwo: 'Select two or more runs to see what differs between them.', same: 'The selected runs have the same configuration.', field: 'Field',
    noSelection: 'No run selected', noSelectionText: 'Click a curve or a row to see its configuration, results and notes.',
    config: 'Configuration', results: 'Results', reason: 'Reason', started: 'Started', ended: 'Ended', parent: 'Parent', code: 'Code version', id: 'Id', notesHelp: 'Anything worth remembering about this run.',
    copyConfig: 'Copy configuration', selectArm: 'Select all of this arm', selectSeed: 'Select all of this seed', renamePrompt: 'New name of the run', more: (count: number) => `and ${formatCount(count)} more`
  },
  data: {
    list: 'Data sets', versions: 'Versions', sources: 'Label sources', empty: 'No data set yet',
    emptyText: 'A data set holds examples and their labels from every source: given, true, your own, a rule\u2019s, a model\u2019s. Import a file of your own, or start with a shipped sample.',
    addSample: 'Add the 10k MNIST sample', sampleStarted: 'Adding the sample', adding: 'Adding the sample',
    pick: 'No data set selected', pickText: 'Choose one in the list at the left.',
    source: 'Labels from', total: (count: number) => formatPlural(count, 'example', 'examples'),
    selected: (count: number) => `${formatCount(count)} selected`, setLabel: 'Set label', withdraw: 'Withdraw label', keys: 'Keys', gallery: 'Examples',
    example: (row: number, label: string) => `Example ${row}, ${label}`, unlabelledExample: 'no label',
    labelled: (count: number, name: string) => `Labelled ${formatPlural(count, 'example', 'examples')} as ${name}`,
    withdrawn: (count: number) => `Withdrew the label of ${formatPlural(count, 'example', 'examples')}`,
    noExamples: 'No example matches', noExamplesText: 'The filter leaves nothing over.',
    detail: 'Example', row: (row: number) => `Example ${formatCount(row)}`, history: 'Label history', noHistory: 'No source has labelled this example.', noSelection: 'No example selected',
    noSelectionText: 'Click an example. Shift extends, Ctrl adds. A class key sets the label of all selected, Backspace withdraws it.', confidence: 'Confidence', when: 'When', label: 'Label', abstains: 'abstains',
    changed: 'Labels changed since this list was read.', deleted: (name: string) => `Deleted \u201c${name}\u201d. Undo brings it back`, remove: 'Delete data set', rename: 'Rename data set', counts: 'Examples', license: 'License', origin: 'Source', shape: 'Shape',
    split: 'Split', splitHelp: 'Experiments draw splits by seed; a pinned example stays where it is put.', splitBySeed: 'by seed',
    splitNames: { none: 'left out', pretrain: 'pretraining', teacher: 'teacher', student: 'student', test: 'test' },
    pinned: (count: number, split: string) => `Pinned ${formatPlural(count, 'example', 'examples')} to ${split}`,
    unpinned: (count: number) => `Left the split of ${formatPlural(count, 'example', 'examples')} to the seeds`, size: 'Tile size',
    kinds: { given: 'given', truth: 'truth', annotator: 'annotator', 'labeling-function': 'labeling function', model: 'model', aggregate: 'aggregate' },
    types: { image: 'images', table: 'table', text: 'texts' }, menu: 'Data set actions', showSource: 'Show the labels of this source', filters: filterStrings, table: tableStrings, bulk: bulkStrings, panels: panelStrings
  },
  label: labelStrings,
  noise: noiseStrings,
  train: trainStrings,
  transfer: transferStrings,
  importing: importStrings,
  exporting: exportStrings,
  jobs: {
    list: 'Jobs', empty: 'No jobs yet', emptyText: 'Whatever takes longer than a moment runs as a job in a process of its own: training, imports, exports. Jobs can be cancelled, and resumed after a crash.',
    job: 'Job', rate: 'Rate', left: 'Time left or taken', log: 'Log', cancel: 'Cancel', resume: 'Resume', discard: 'Discard', noSelection: 'No job selected', noSelectionText: 'Choose a job to read its log.',
    attempts: 'Attempts', pid: 'Process', started: 'Started', ended: 'Ended', took: 'Took', showExperiment: 'Show experiment', noLog: 'The log is empty.', kind: 'Kind', running: (running: number, queued: number) => `${formatPlural(running, 'job', 'jobs')} running${queued === 0 ? '' : `, ${formatCount(queued)} queued`}`, when: 'When'
  },
  settings: {
    title: 'Settings', engines: 'Engines', engine: 'Engine', device: 'Device', version: 'Version', available: 'Available', unavailable: 'Not available', default: 'default', probing: 'Looking for engines',
    step: 'Training step', milliseconds: (time: number) => `${time < 10 ? time.toFixed(2) : time.toFixed(0)} ms`, measure: 'Measure again', measuring: 'Measuring',
    bench: 'Bench file', path: 'Path', size: 'Size', schema: 'Schema version', contents: 'Contents', check: 'Check integrity', checking: 'Checking', checkOk: 'The bench file is intact.', checkBad: 'The bench file has problems:',
    appearance: 'Appearance', theme: 'Theme', themes: { system: 'System', light: 'Light', dark: 'Dark' }, themeHelp: 'Contrast and reduced motion follow the system.',
    shortcuts: 'Keyboard shortcuts', about: 'About', host: 'Host', hosts: { electron: 'Desktop application', node: 'Browser window on a local server' }, platform: 'Platform', node: 'Node', machine: 'Machine',
    cores: (cores: number, memory: number) => `${formatPlural(cores, 'core', 'cores')}, ${formatBytes(memory)} memory`, offline: 'Nothing leaves this machine.', mode: 'Access', writable: 'read and write'
  },
  journal: {
    undone: (title: string) => `Undone: ${title}`, redone: (title: string) => `Redone: ${title}`,
    undoTitle: (title: string | null) => (title === null ? 'Nothing to undo' : `Undo: ${title}`), redoTitle: (title: string | null) => (title === null ? 'Nothing to redo' : `Redo: ${title}`),
    depth: (depth: number) => `${formatCount(depth)} to undo`
  },
  statusBar: { label: 'Status', engine: 'Engine', noEngine: 'no engine', notices: 'Notices', noNotices: 'No notices yet' },
  palette: {
    title: 'Command palette', placeholder: 'Type a command, experiment, run or data set', none: 'Nothing matches', commands: 'Commands', experiments: 'Experiments', runs: 'Runs', datasets: 'Data sets',
    hint: 'Enter runs it, arrows choose, Escape closes'
  },
  shortcuts: { title: 'Keyboard shortcuts', everywhere: 'Everywhere', here: (view: string) => `In ${view}`, others: 'More' },
  commands: {
    'palette.open': 'Open the command palette', 'help.shortcuts': 'Show keyboard shortcuts', 'view.home': 'Go to Home', 'view.experiments': 'Go to Experiments', 'view.data': 'Go to Data',
    'view.jobs': 'Go to Jobs', 'view.settings': 'Go to Settings', 'view.toggle-side': 'Show or hide the side list', 'view.toggle-inspector': 'Show or hide the inspector',
    'edit.undo': 'Undo', 'edit.redo': 'Redo', 'bench.create': 'New bench file', 'bench.open': 'Open bench file', 'bench.backup': 'Back up the bench file', 'bench.check': 'Check the bench file\u2019s integrity',
    'experiment.run-demo': 'Run weak-to-strong on 10k MNIST', 'experiment.new': 'New experiment', 'experiment.cancel': 'Cancel the experiment', 'experiment.resume': 'Resume the experiment',
    'experiment.rename': 'Rename the experiment', 'runs.clear-selection': 'Clear the selection', 'runs.delete': 'Delete the selected runs', 'charts.reset-zoom': 'Reset the zoom of the curves',
    'data.add-sample': 'Add the 10k MNIST sample', 'data.withdraw-label': 'Withdraw the label of the selection', 'data.select-all': 'Select all examples that match', 'data.import': 'Import data', 'data.export': 'Export the data set', 'data.query': 'Write a query', 'data.filter-builder': 'Show or hide the filter builder', 'data.clear-filter': 'Clear the filter', 'data.save-filter': 'Save the filter',
    'data.clear-selection': 'Clear the selection', 'data.layout': 'Switch between gallery and table', 'data.make-splits': 'Make splits', 'data.classes': 'Edit the classes', 'data.freeze': 'Freeze a version', 'data.find-duplicates': 'Find duplicates', 'view.label': 'Go to Label', 'label.accept': 'Accept the suggestion and go on', 'label.skip': 'Skip the example', 'label.previous': 'Previous example', 'label.next': 'Next example', 'label.withdraw': 'Withdraw the label',
    'function.save': 'Save the labeling function', 'function.new': 'New labeling function', 'function.apply': 'Apply the labeling functions', 'votes.import': 'Import votes', 'votes.export': 'Export votes', 'view.noise': 'Go to Noise', 'noise.check': 'Check the labels', 'noise.inject': 'Make noise to practise on', 'noise.accept': 'Accept the suggestion', 'noise.correct': 'Mark as correct', 'noise.leave-out': 'Leave the selection out', 'noise.queue': 'Send the selection to annotation', 'noise.select-all': 'Select all suspects listed', 'noise.clear-selection': 'Clear the selection', 'noise.retrain': 'Retrain and compare', 'view.train': 'Go to Train', 'train.start': 'Start training', 'train.add-arm': 'Add an arm', 'train.defaults': 'Restore the defaults of training', 'job.cancel': 'Cancel the selected job', 'job.resume': 'Resume the selected job',
    'theme.system': 'Theme: system', 'theme.light': 'Theme: light', 'theme.dark': 'Theme: dark'
  }
} as const
