import type { QueueOrder } from '../shared/domain/annotation.ts'
import type { LabelingFunction } from '../shared/domain/labeling-function.ts'
import type { LabelModelMethod } from '../shared/domain/weak-labels.ts'
import type { RowMatching, VoteFormat } from '../shared/domain/votes.ts'
import { formatCount, formatPlural } from './numbers.ts'

const examples = (count: number): string => formatPlural(count, 'example', 'examples')
const rows = (count: number): string => formatPlural(count, 'row', 'rows')
const functions = (count: number): string => formatPlural(count, 'labeling function', 'labeling functions')

const annotateStrings = {
  annotator: 'Annotator', order: 'Order', orders: { row: 'Row', random: 'Random', uncertainty: 'Uncertainty', margin: 'Margin', disagreement: 'Disagreement', noise: 'Noise score' } satisfies Readonly<Record<QueueOrder, string>>,
  orderHelp: {
    row: 'As stored.', random: 'Shuffled, the same for the same seed.', uncertainty: 'Where the source is least sure first.', margin: 'Where its two best classes are closest first.', disagreement: 'Where the sources contradict each other first.', noise: 'Where the given label is most likely wrong first, by the newest check.'
  } satisfies Readonly<Record<QueueOrder, string>>,
  by: 'By', allSources: 'All sources', filter: 'Examples', everything: 'All examples', suggestion: 'Suggest from', noSuggestion: 'No suggestions', sourceOf: (name: string, kind: string) => (name === kind ? name : `${name} (${kind})`),
  example: (row: number) => `Row ${formatCount(row)}`, progress: (done: number, all: number) => `${formatCount(done)} of ${formatCount(all)}`, progressLabel: 'Labelled', rate: (rate: number) => `${rate < 10 ? rate.toFixed(1) : formatCount(rate)} labels/min`, waiting: (count: number) => `${formatCount(count)} to go`,
  classes: 'Classes', classCount: (name: string, count: number) => `${name}, ${formatPlural(count, 'label', 'labels')} so far`, given: 'Your label', suggests: (name: string) => `${name} suggests`, confidence: (share: string) => `p = ${share}`, accept: 'Accept', acceptLabel: (name: string) => `Accept ${name}`,
  previous: 'Previous', next: 'Next', skip: 'Skip', withdraw: 'Withdraw label', undo: 'Undo', help: 'Keys', reading: 'Reading the next examples', empty: 'no text', missing: 'missing', features: (count: number) => `${formatPlural(count, 'feature', 'features')}, no columns to show`,
  hiding: (names: readonly string[]) => `${names.join(', ')}: hidden until you label, since ${names.length === 1 ? 'it' : 'they'} may give the label away.`, leaking: (names: readonly string[]) => `${names.join(', ')} may give the label away.`, reveal: 'Show', hide: 'Hide',
  refused: (row: number) => `The label of row ${formatCount(row)} was not stored.`, readOnly: 'This bench is read-only: labels cannot be stored.',
  done: 'Every example is labelled', doneText: (count: number) => `${examples(count)} of this queue have your label. Compare annotators, write labeling functions from what you saw, or choose other examples above.`,
  doneSkipped: (count: number) => `${examples(count)} skipped`, skippedText: 'Everything else that matches has your label.', revisit: 'Go through the skipped ones', none: 'No example matches', noneText: 'The filter leaves nothing to label. Choose other examples above.',
  toFunctions: 'Write labeling functions', toAgreement: 'Compare annotators', noClasses: 'This data set has no classes', noClassesText: 'Labels are classes: add them to the class list in Data first.', toData: 'Open in Data',
  keys: 'Class keys label and go on. Enter accepts the suggestion, Ctrl+Space skips, Ctrl+Z takes back, arrows move, Backspace withdraws.'
} as const

const agreementStrings = {
  title: 'Agreement', open: 'Agreement', back: 'Back to labelling', sources: 'Label sources compared', choose: 'Choose two or more sources that label the same examples.', none: 'There is one label source only. Label some examples under a second annotator name to compare.',
  shared: 'Examples in common', fleiss: 'Fleiss\u2019 kappa', alpha: 'Krippendorff\u2019s alpha', undefinedValue: 'not defined: too few labels in common', n: (count: number) => `n = ${formatCount(count)}`, pairs: 'Pairs', pair: 'Pair', both: 'Both labelled', agree: 'Agree', share: 'Share', kappa: 'Cohen\u2019s kappa',
  annotators: 'Quality', annotator: 'Source', labelled: 'Labels', quality: 'Accuracy by Dawid\u2013Skene', conflicts: 'Conflicts', conflictCount: (count: number) => formatPlural(count, 'conflict', 'conflicts'), noConflicts: 'The sources agree wherever they label the same example.', shown: (shown: number, all: number) => `${formatCount(shown)} of ${formatCount(all)}`,
  row: 'Row', consensus: 'Consensus', confidence: 'p', adjudicate: 'Adjudicate', adjudicated: 'Adjudicated', pick: 'Choose a conflict to see its example and decide.', decided: (row: number, name: string) => `Row ${formatCount(row)} adjudicated as ${name}`, adjudicator: 'adjudicator', showAll: 'Show in Data', reading: 'Comparing the labels'
} as const

const functionStrings = {
  list: 'Labeling functions', fresh: 'New', freshOne: 'New function', none: 'No labeling functions yet', noneText: 'A labeling function is a rule that votes for a class or abstains: a keyword, a pattern, a threshold. Many imprecise rules together, weighed by a label model, label a whole data set.',
  startWith: 'Start with the two most telling terms', finding: 'Finding the most telling terms', orOwn: 'Write a rule', needTruth: 'Terms are found from labelled examples: label a few dozen in Annotate, or choose a source of truth.',
  enable: (name: string) => `Use ${name}`, notApplied: 'not applied', coverage: 'Coverage', accuracy: 'Accuracy', truth: 'Truth', noTruth: 'No truth', unsaved: 'Unsaved changes',
  kinds: {
    keywords: 'Keywords', pattern: 'Regular expression', interval: 'Number interval', expression: 'Expression', javascript: 'JavaScript', 'nearest-prototype': 'Nearest prototype', run: 'Trained run', imported: 'Imported votes'
  } satisfies Readonly<Record<LabelingFunction['definition']['kind'], string>>,
  imported: { file: 'File', column: 'In the file', when: 'Imported', note: 'These votes came with a file. They count in the table and in label models like any others; for newer votes, import the file again.' },
  editor: 'Function', fields: {
    name: 'Name', kind: 'Kind', label: 'Votes for', columns: 'Columns', words: 'Words or phrases, one a line', all: 'All of them', caseSensitive: 'Match case', wholeWords: 'Whole words', pattern: 'Pattern', flags: 'Flags', column: 'Column', from: 'From', to: 'To', open: 'open', expression: 'Expression', code: 'function (example) {', codeEnd: '}', prototypes: 'Prototypes', prototypeRows: 'Rows, separated by commas', radius: 'Radius', always: 'no limit', runId: 'Run', confidence: 'Least confidence'
  },
  help: {
    name: 'Says what it looks for.', pattern: 'As in JavaScript, without slashes.', flags: 'i ignores case, m anchors at lines, s lets . match line ends, u is Unicode.', interval: 'Both ends included; leave one empty to keep it open.', expression: 'True votes, anything else abstains. Functions: length, lower, contains, count, matches, missing, abs, min, max.', textExample: (text: string) => `length(${text}) < 40 and contains(${text}, 'free')`, numberExample: (number: string) => `${number} > 10 and not missing(${number})`,
    code: 'Returns a class name or position, or null to abstain. Runs in a sandbox without network, clock or files.', codeTextExample: (text: string, name: string) => `return ${text} !== null && ${text}.length < 40 ? '${name}' : null`, codeNumberExample: (number: string, name: string) => `return ${number} > 10 ? '${name}' : null`, prototypes: 'A row votes for the class of its nearest prototype in standardised feature space.', radius: 'Largest distance that still votes; empty for none.', run: 'Votes its predictions where it is sure enough.', noRuns: 'No finished run of this data set has predictions yet.', insert: 'Insert', columnsOf: 'Columns'
  },
  problems: {
    name: 'A name is needed.', words: 'At least one word is needed.', columns: 'Choose at least one text column.', noText: 'This data set has no text column.', noNumber: 'This data set has no number column.', pattern: 'A pattern is needed.', interval: 'At least one end is needed.', number: 'This is not a number.', expression: 'An expression is needed.', code: 'Code is needed.', prototypes: 'At least one row is needed.', rows: 'Rows are whole numbers below the size of the data set.', runId: 'Choose a run.', confidence: 'A number from 0 to 1.', radius: 'A number of at least 0.', order: 'The interval is empty: swap its ends.', flags: 'Flags are i, m, s and u.'
  },
  save: 'Save', saved: (name: string, version: number) => `Saved \u201c${name}\u201d, version ${version}`, apply: 'Apply', applyAll: 'Apply all', saveApply: 'Save and apply', applied: (count: number) => `Applied ${functions(count)}`, nothingToApply: 'Every enabled function has voted.', applying: 'Applying', remove: 'Delete', removed: (name: string) => `Deleted \u201c${name}\u201d. Undo brings it back`, revert: 'Discard changes', versions: 'Versions', version: (version: number) => `v${version}`, restore: 'Restore', restoreHelp: 'Makes this version the newest one again.', current: 'current', renameHelp: 'A new name makes a new function.',
  preview: {
    title: 'Preview', sample: (count: number, milliseconds: number) => `${rows(count)}, ${milliseconds < 10 ? milliseconds.toFixed(1) : formatCount(milliseconds)} ms`, coverage: 'Coverage', overlaps: 'Overlaps', conflicts: 'Conflicts', accuracy: 'Accuracy', n: (count: number) => `n = ${formatCount(count)}`, noDev: 'no dev labels', hits: 'Hits', misses: 'Misses', noHits: 'Hits nothing in the sample.', noMisses: 'No dev row of its class is missed.', needTruth: 'Choose a source of truth to see accuracy and misses.', votes: 'votes', right: 'right', wrong: 'wrong', unknown: 'unlabelled', waiting: 'Complete the fields to see what it does.', faultAtField: 'It stops with the error that is written at its field.', working: 'Running'
  },
  table: {
    title: 'Labeling-function table', name: 'Function', polarity: 'Polarity', coverage: 'Coverage', overlaps: 'Overlaps', conflicts: 'Conflicts', correct: 'Correct', incorrect: 'Incorrect', accuracy: 'Emp. accuracy', total: 'All functions', summary: (count: number) => `Shares of ${rows(count)}.`, empty: 'Functions appear here once they have voted: write one and apply it.', silent: 'never votes', sortBy: (column: string) => `Sort by ${column}`, shows: 'Show', views: { table: 'Table', matrix: 'Conflict matrix' }
  },
  matrix: { title: 'Conflict matrix', note: 'Share of all rows where both functions vote and differ. A click shows those rows in Data.', cell: (first: string, second: string, share: string, count: number) => `${first} against ${second}: ${share}, ${rows(count)}`, need: 'Two functions that have voted are needed.' },
  suggest: {
    title: 'Write the next rule here', ask: 'Find terms', old: 'Votes have changed since', again: 'Look again', uncovered: 'without a vote', conflicting: 'in conflict', terms: 'Telling terms', clusters: 'Groups of uncovered rows', term: 'Term', label: 'Class', precision: 'Precision', interval: '95%', n: 'n', count: 'Rows', coverage: 'Coverage', make: (term: string) => `Make a keyword function from ${term}`, size: (count: number) => rows(count), show: 'Show rows', none: 'No telling terms found.', noText: 'Suggestions come from text columns; this data set has none.', help: 'Terms that tell a class apart and occur where no function votes or functions disagree. A click makes a rule.', working: 'Reading the texts'
  }
} as const

const modelStrings = {
  form: 'Run a label model', method: 'Method',
  methods: { majority: 'Majority vote', weighted: 'Weighted vote', 'dawid-skene': 'Dawid\u2013Skene', 'one-coin': 'One-coin', 'matrix-completion': 'Matrix completion', triplet: 'Triplet', correlated: 'Correlated' } satisfies Readonly<Record<LabelModelMethod, string>>,
  when: {
    majority: 'Every vote counts the same: the baseline that every other method has to beat.', weighted: 'Votes weighed by estimated accuracy: when functions differ in quality and hardly overlap.', 'dawid-skene': 'A confusion matrix per source, by EM: for annotators, or functions that err on some classes only.', 'one-coin': 'One accuracy per source, by EM: steadier than Dawid\u2013Skene when votes are few.', 'matrix-completion': 'Accuracies from how often functions agree (Ratner et al. 2019): many functions, many rows.', triplet: 'Accuracies in closed form from triples of functions (Fu et al. 2020): fast, needs three that overlap.', correlated: 'Learns which functions copy one another: when rules share words or ideas and would count twice.'
  } satisfies Readonly<Record<LabelModelMethod, string>>,
  balance: 'Class balance', balances: { estimate: 'Estimate', uniform: 'Uniform', given: 'Given' }, share: (name: string) => `Share of ${name}`, sum: (sum: string) => `The shares add up to ${sum}; they should add up to 1.`, badShare: 'A share is a number from 0 to 1.', sources: 'Votes from', sourceKinds: { functions: 'Enabled functions', annotators: 'Annotators', chosen: 'Chosen sources' }, name: 'Name', truth: 'Truth', noTruth: 'No truth', truthHelp: 'Only to report accuracy; the model never sees it.', run: 'Run', withMajority: 'Majority vote is run with it.', started: (name: string) => `Started \u201c${name}\u201d`, noVotes: 'No votes yet: apply labeling functions, or choose annotators.', noSources: 'Choose at least one source.', votersCount: (count: number) => `${functions(count)} with votes`, notApplied: (count: number) => `${formatCount(count)} not applied yet`, done: (name: string) => `\u201c${name}\u201d is done`,
  none: 'No label model yet', noneText: 'A label model weighs the votes of labeling functions or annotators and gives every row class probabilities: soft labels to train on.', coverage: 'Coverage', differs: 'Differs from majority', accuracy: 'Accuracy', majority: 'Majority', balanceTitle: 'Class balance', functions: 'Accuracy of each source', function: 'Source', interval: '95% interval', votes: 'Votes', warnings: 'Read with care', dependent: 'Count as one opinion', rowsOf: (count: number) => rows(count), n: (count: number) => `n = ${formatCount(count)}`, seconds: 'Took', look: 'Look at the labels', showDiffering: 'Show rows that differ', imported: 'Imported: this source brings no report.', baseline: 'baseline', noAccuracy: 'no truth chosen', chance: 'chance', neverVotes: 'never votes'
} as const

const voteStrings = {
  importOpen: 'Import votes', exportOpen: 'Export votes', importTitle: 'Import votes', importText: 'Every function of the file becomes a labeling function, with its votes. Nothing is written unless all of it fits.', importAction: 'Import', importing: (path: string) => `Importing votes from ${path}`, imported: (path: string) => `Imported the votes of ${path}`,
  path: 'File', placeholder: '/home/me/wrench/youtube/train.json', format: 'Layout', formats: { wrench: 'WRENCH (JSON)', csv: 'CSV' } satisfies Readonly<Record<VoteFormat, string>>,
  formatNotes: {
    wrench: 'One object {id: {label, weak_labels, data}}, with label.json, the class names by position, in the same folder. -1 abstains.', csv: 'A line an example, a column a function named on the first line; whole numbers are class positions, -1 abstains. A leading id column names the examples.'
  } satisfies Readonly<Record<VoteFormat, string>>,
  into: 'Into', fresh: 'A new data set', name: 'Name', namePlaceholder: 'as the file', newNote: 'The texts, numbers and features under data become the examples; labels of the file become the source of truth.',
  match: 'Match rows', matchings: { auto: 'By id where the ids fit, else by position', id: 'By id', position: 'By position' } satisfies Readonly<Record<RowMatching, string>>, labels: 'Also its labels, as source of truth', noPath: 'A path is needed.', csvHasNoData: 'CSV holds votes only: choose a data set to put them into.',
  exportTitle: 'Export votes', exportText: (count: number, examplesCount: number) => `${functions(count)} with votes on ${examples(examplesCount)}.`, labelsOf: 'Labels from', noLabels: 'No labels'
} as const

/** Texts of the Label view. */
export const labelStrings = {
  tabsLabel: 'What to do', tabs: { annotate: 'Annotate', functions: 'Labeling functions', models: 'Label models' }, list: 'Data sets', empty: 'No data set to label yet', emptyText: 'Import a file of your own in Data, or start with the spam sample: mails as text, with the words that give them away.', addSample: 'Add the spam sample', openData: 'Go to Data', noData: 'No data set',
  annotate: annotateStrings, agreement: agreementStrings, functions: functionStrings, models: modelStrings, votes: voteStrings
} as const
