import type { ColumnRole } from '../shared/domain/column.ts'
import type { ExportArray, ExportContent, ExportFormat } from '../shared/domain/export.ts'
import type { Condition } from '../shared/domain/filter.ts'
import type { ImportFormat, ImportRole } from '../shared/domain/import.ts'
import { sampleTitles } from '../shared/domain/sample.ts'
import { formatBytes, formatCount, formatPlural, formatQuantity } from './numbers.ts'

const examples = (count: number): string => formatPlural(count, 'example', 'examples')
const rows = (count: number): string => formatPlural(count, 'row', 'rows')

/** Texts of the filter: query line, builder, saved filters. */
export const filterStrings = {
  query: 'Query', placeholder: 'label:spam given!=model:teacher words>20 "free money"', builder: 'Filter builder', clear: 'Clear the filter', completions: 'Completions',
  matching: (count: number, total: number) => (count === total ? examples(total) : `${formatCount(count)} of ${examples(total)}`), counting: 'Counting',
  saved: 'Saved filters', save: 'Save filter', saveTitle: 'Save this filter', saveText: 'Kept with its order in the bench; annotation, charts and training can use it.', noneSaved: 'Filters you save are listed here.',
  replace: (name: string) => `Replace \u201c${name}\u201d`, remove: (name: string) => `Delete filter ${name}`, deleted: (name: string) => `Deleted filter \u201c${name}\u201d. Undo brings it back`,
  group: 'Group', and: 'all of', or: 'any of', joined: 'Matches', empty: 'An empty group matches every example.', add: 'Add condition', addGroup: 'Add group',
  off: 'Switch this part off', on: 'Switch this part on', negate: 'Negate', negated: 'not', up: 'Move up', down: 'Move down', removePart: 'Remove this part', kind: 'Kind of condition',
  kinds: {
    label: 'Label', agreement: 'Agreement', number: 'Number', value: 'Text value', missing: 'Missing', confidence: 'Confidence', split: 'Split', search: 'Full text', rows: 'Rows'
  } satisfies Readonly<Record<Condition['kind'], string>>,
  source: 'Source', shown: 'the source shown', is: 'is', none: 'no label', any: 'any label', classes: 'Classes', column: 'Column', comparison: 'Comparison', contains: 'contains', value: 'Value', first: 'First source', second: 'Second source',
  agree: 'agrees with', differ: 'differs from', from: 'First row', to: 'Last row', words: 'Words', unpinned: 'not pinned', tooLarge: 'This filter has as many parts as a filter can hold.'
} as const

/** Texts of the table: order, columns, statistics. */
export const tableStrings = {
  layout: 'Layout', layouts: { gallery: 'Gallery', table: 'Table' }, sort: 'Sort by', sortRow: 'Row', sortRandom: 'Random', sortLabel: 'Label', sortConfidence: (source: string) => `Confidence of ${source}`, ascending: 'Ascending', descending: 'Descending',
  columns: 'Columns', chooseColumns: 'Choose columns', mostColumns: (count: number) => `At most ${formatCount(count)} columns are shown at a time.`, findColumn: 'Find a column', row: 'Row', split: 'Split', table: 'Examples',
  resize: (column: string) => `Width of ${column}`, sortBy: (column: string) => `Sort by ${column}`, missingCell: 'missing', changed: 'Labels changed: refresh',
  statistics: { count: 'n', missing: 'missing', infinite: 'infinite', min: 'min', max: 'max', mean: 'mean', deviation: 'sd', distinct: 'distinct', many: 'more than can be counted', length: 'length', frequent: 'Most frequent' },
  roles: { feature: 'feature', text: 'text', id: 'id', path: 'path', meta: 'kept to look at', score: 'score' } satisfies Readonly<Record<ColumnRole, string>>
} as const

/** Texts of what is done to many examples at once. */
export const bulkStrings = {
  bar: 'Selection', all: (count: number) => `All ${formatCount(count)} that match`, label: 'Label as', pin: 'Pin to split', leaveOut: 'Leave out', withdraw: 'Withdraw label', clear: 'Clear selection', hint: 'Click selects, Shift extends, Ctrl adds, a class key labels',
  labelAs: (count: number, name: string) => `Label ${examples(count)} as ${name}`, withdrawOf: (count: number) => `Withdraw the label of ${examples(count)}`, pinTo: (count: number, split: string) => `Pin ${examples(count)} to ${split}`,
  leaveOutOf: (count: number) => `Leave out ${examples(count)}`, release: (count: number) => `Leave the split of ${examples(count)} to the seeds`,
  text: 'Everything that the filter matches, as one step of undo.', rangeText: 'The whole selected range of the list, as one step of undo.', tooMany: (most: number) => `At most ${examples(most)} can be picked in a list that labels decide; sort it by something else, or narrow the filter and select all that match (Ctrl+A).`
} as const

/** Texts of the panels beside the examples: balance, versions, duplicates, import report. */
export const panelStrings = {
  tabs: { examples: 'Examples', balance: 'Balance', versions: 'Versions', duplicates: 'Duplicates', import: 'Import report' }, tabsLabel: 'What is shown of the data set',
  inspector: { content: 'Content', labels: 'Labels in force', columns: 'Columns', confidence: 'p', noLabels: 'No source has a label in force here.', features: (count: number) => formatPlural(count, 'feature', 'features') },
  balance: {
    title: 'Class balance', note: (source: string, count: number) => `Labels of \u201c${source}\u201d over ${examples(count)} that the filter matches.`, classTitle: 'Class', count: 'n', share: 'Share', unlabelled: 'no label', unpinned: 'by seed', show: (name: string) => `Show examples of ${name}`,
    noClasses: 'This data set has no classes.', editClasses: 'Classes', makeSplits: 'Make splits'
  },
  versions: {
    title: 'Versions', empty: 'No version yet', emptyText: 'A version freezes rows, pinned splits and the labels of one source under a content hash, so that a result can always be traced to what it was trained on.',
    freeze: 'Freeze a version', freezeText: 'Rows, pinned splits and the labels in force of one source, immutable from now on. Rows that nobody pinned count as student.', name: 'Name', source: 'Labels from', action: 'Freeze',
    hash: 'Hash', created: 'Created', total: 'n', compare: 'Compare', compareWith: 'with', pickTwo: 'Freeze a second version to compare two.', frozen: (name: string, hash: string) => `Frozen \u201c${name}\u201d, ${hash}`,
    before: 'Before', after: 'After', added: 'added', removed: 'removed', relabelled: 'relabelled', moved: 'moved to another split', byClass: 'Relabelled by class', from: 'From', to: 'To', count: 'n', same: 'The two versions have the same rows, splits and labels.',
    show: 'Show them', showSome: (shown: number, all: number) => `Shows ${formatCount(shown)} of ${formatCount(all)}`
  },
  duplicates: {
    title: 'Duplicates', find: 'Find duplicates', again: 'Look again', empty: 'Not looked for yet', emptyText: 'Looks for exact copies by content hash, and for near copies: images by perceptual hash, texts by MinHash. Nothing is changed.',
    searching: 'Looking for duplicates', none: 'No duplicates', noneText: 'No two examples are the same or nearly so.', kinds: { exact: 'Exact copies', image: 'Near copies, images', text: 'Near copies, texts' },
    found: (groups: number, extra: number) => `${formatPlural(groups, 'group', 'groups')}; ${formatPlural(extra, 'example has', 'examples have')} a copy before it`, rows: 'Rows', similarity: 'Similarity', size: 'n', show: 'Show these examples', first: (count: number) => `The first ${formatPlural(count, 'group', 'groups')} are listed.`,
    incomplete: 'Too many examples are alike to compare them all; some groups may be missing.', copies: 'Show all copies', leaveOut: 'Leave out all but the first'
  },
  report: {
    title: 'Import report', none: 'No import report', noneText: 'This data set was not brought in from a file by this bench.', rows: 'Imported', rejected: 'Left out', seconds: 'Took', warnings: 'Warnings',
    quarantine: 'Rows left out', noneRejected: 'Every row fits.', row: 'Row', line: 'Line', column: 'Column', reason: 'Reason', excerpt: 'Excerpt', copyCsv: 'Copy as CSV', range: (first: number, last: number, all: number) => `${formatCount(first)}\u2013${formatCount(last)} of ${formatCount(all)}`, previous: 'Previous rows', next: 'Next rows'
  },
  splits: {
    title: 'Make splits', text: 'Deals the examples into splits, seeded and stratified by the labels of a source. One step of undo.', source: 'Stratify by', seed: 'Seed', share: 'Share, %', count: 'n', rest: 'left to the seeds', total: 'The shares add up to more than 100%.', nothing: 'At least one share is needed.', action: 'Make splits', done: 'Splits made', bad: 'A share is a number from 0 to 100.', badSeed: 'A seed is a whole number.', estimate: 'Counts to be expected; each class is dealt by itself.'
  },
  classes: {
    title: 'Classes', text: 'Labels hold a class\u2019s position, so names, colours and keys can change at any time.', name: 'Name', color: 'Colour', key: 'Key', position: 'No.', add: 'Add class', remove: (name: string) => `Remove class ${name}`, noName: 'Every class needs a name.', twice: (name: string) => `Two classes are called ${name}.`, keyTwice: (key: string) => `Two classes have the key ${key}.`, save: 'Save classes', fresh: 'new class', up: (name: string) => `Move ${name} up`, down: (name: string) => `Move ${name} down`, most: (shown: number, all: number) => `The first ${formatCount(shown)} of ${formatCount(all)} classes can be edited here.`
  }
} as const

/** Texts of imports, exports and what follows their jobs. */
export const transferStrings = {
  imported: (name: string, count: number, rejected: number) => `Imported ${rows(count)} into \u201c${name}\u201d${rejected === 0 ? '' : `; ${rows(rejected)} left out, see its import report`}`,
  exported: (path: string) => `Exported to ${path}`, searched: (name: string) => `Looked for duplicates in \u201c${name}\u201d`, cancelled: (name: string) => `Cancelled: ${name}; nothing was left behind`, failed: (name: string) => `Failed: ${name}`,
  samples: sampleTitles, addSample: 'Add a sample', sampleList: 'Samples',
  background: 'Continue in background', cancel: 'Cancel', waiting: 'Waiting for a worker', stopped: 'Stopped'
} as const

export const importStrings = {
  title: 'Import data', open: 'Import', text: 'A file or a folder of images on the machine where the bench runs. Nothing is written before you start.', path: 'Path', placeholder: '/home/me/data.csv', chooseFile: 'Choose file', chooseFolder: 'Choose folder', inspect: 'Look inside', inspecting: 'Reading the beginning of the file', again: 'Another file',
  dropped: (name: string) => `The browser does not tell where \u201c${name}\u201d is: write its full path, or paste it.`, drop: 'Drop a file to import it', manyDropped: 'One file or folder at a time: the first one is taken.',
  formatsHelp: 'CSV, TSV, JSON Lines, Parquet, Arrow, NPY, NPZ, IDX, CIFAR-10, images by folder, text, Label Studio, doccano.',
  name: 'Name', format: 'Format', facts: (bytes: number, count: number | null) => `${formatBytes(bytes)}${count === null ? '' : ` \u00b7 ${rows(count)}`}`,
  formats: {
    delimited: 'Delimited text (CSV, TSV)', 'json-lines': 'JSON Lines', text: 'Plain text', parquet: 'Parquet', arrow: 'Arrow, Feather', npy: 'NPY', npz: 'NPZ', idx: 'IDX', 'cifar-10': 'CIFAR-10', 'image-folder': 'Images by folder', 'label-studio': 'Label Studio', doccano: 'doccano'
  } satisfies Readonly<Record<ImportFormat, string>>,
  options: {
    title: 'How it is read', delimiter: 'Delimiter', delimiters: { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar', ' ': 'space' } as Readonly<Record<string, string>>, quote: 'Quote', noQuote: 'none', header: 'First row names the columns', encoding: 'Encoding', decimal: 'Decimal', decimals: { '.': 'point', ',': 'comma' },
    unit: 'An example is', units: { line: 'a line', paragraph: 'a paragraph', characters: 'so many characters' }, characters: 'Characters', height: 'Height', width: 'Width', grey: 'Grey', fit: 'Fit', fits: { stretch: 'stretch', crop: 'crop', pad: 'pad' }, neutralised: 'Undo the apostrophe before formulas', labelsPath: 'File of labels'
  },
  columns: {
    title: 'Columns', role: (name: string) => `Role of ${name}`, type: (name: string) => `Type of ${name}`, types: { number: 'number', text: 'text', array: 'array' }, distinct: (count: number) => `${formatCount(count)}${count >= 1000 ? '+' : ''} distinct`, missing: (count: number) => `${formatCount(count)} missing`,
    roles: { feature: 'feature', text: 'text', label: 'label', split: 'split', id: 'id', path: 'image path', meta: 'keep', ignore: 'ignore' } satisfies Readonly<Record<ImportRole, string>>, setAll: 'All columns', none: 'No column is a feature or a text: nothing to learn from yet.', sample: 'First rows'
  },
  classes: { title: 'Classes', note: 'From the rows looked at. Keep them open to add what further rows bring, or fix the list: rows of other classes are then left out.', fixed: 'Only these classes' },
  problems: { warnings: 'Warnings', rejected: (count: number) => `${rows(count)} of the beginning ${count === 1 ? 'does' : 'do'} not fit`, threshold: 'Bad rows allowed, %', thresholdHelp: 'Rows that do not fit are listed with their reason and the rest is imported; above this share the import stops.', badThreshold: 'A share is a number from 0 to 100.' },
  start: 'Import', running: (name: string) => `Importing \u201c${name}\u201d`, failed: 'The import stopped', anyway: 'Import anyway', anywayHelp: 'Leaves out every row that does not fit, however many.', back: 'Back to the preview', noName: 'A name is needed.',
  more: (count: number) => `and ${formatQuantity(count)} more columns`
} as const

export const exportStrings = {
  title: 'Export', open: 'Export', text: (count: number, name: string) => `${examples(count)} of \u201c${name}\u201d.`, path: 'File', choose: 'Choose', format: 'Format',
  formats: { csv: 'CSV', 'json-lines': 'JSON Lines', parquet: 'Parquet', npy: 'NPY (one array)', npz: 'NPZ', 'label-studio': 'Label Studio JSON', doccano: 'doccano JSON Lines' } satisfies Readonly<Record<ExportFormat, string>>,
  contents: 'Contents', content: { examples: 'Examples', labels: 'Labels', splits: 'Splits', 'soft-labels': 'Soft labels', edits: 'Edits (label history)' } satisfies Readonly<Record<ExportContent, string>>,
  array: 'Array', arrays: { features: 'Features', labels: 'Labels (class positions)', 'soft-labels': 'Soft labels', split: 'Splits' } satisfies Readonly<Record<ExportArray, string>>, arraySource: 'Of', noSource: 'No source has such labels.',
  arrayNotes: { features: 'As they are stored, a row an example.', labels: 'int32, a row an example: the position of the class, -1 where there is no label.', 'soft-labels': 'float32, a row an example and a column a class; NaN where there are none.', split: 'int32, a row an example: 0 none, 1 pretrain, 2 teacher, 3 student, 4 test, -1 where nothing is pinned.' } satisfies Readonly<Record<ExportArray, string>>,
  sources: 'Label sources', which: 'Which examples', all: (count: number) => `All ${formatCount(count)}`, matching: (count: number) => `Those that match, ${formatCount(count)}`, action: 'Export', running: (path: string) => `Exporting to ${path}`, failed: 'The export stopped',
  note: 'Beside it goes a small JSON file with classes, colours, keys and roles; importing the file again gives the same content.', nothing: 'Choose at least one kind of content.', noPath: 'A path is needed.'
} as const
