import { formatCount, formatPlural } from './numbers.ts'

const examples = (count: number): string => formatPlural(count, 'example', 'examples')

/** Texts of the fields of a training experiment, by their key in the configuration. */
const fieldStrings = {
  name: { title: 'Name', explanation: 'Left empty, the bench names it after its arms and data set.' },
  filter: { title: 'Examples', explanation: 'Only examples that match are trained on; tests are not filtered.' },
  evaluationSourceId: { title: 'Judged by', explanation: 'Labels that test examples are compared with.' },
  testShare: { title: 'Test share', explanation: 'Share of the examples that can be judged, where none is pinned to the test split.' },
  validationShare: { title: 'Validation share', explanation: 'Share of each arm\u2019s examples held back to watch with the arm\u2019s own labels. 0 holds none back.' },
  splitSeed: { title: 'Split seed', explanation: 'Draws test and validation examples; the same for every seed of the runs.' },
  features: { title: 'Features', explanation: 'What an example is to the model.', options: { auto: 'Array, else text', array: 'Array', text: 'Hashed text' } },
  textWidth: { title: 'Text columns', explanation: 'Columns that words and word pairs are hashed into.' },
  standardize: { title: 'Standardize', explanation: 'Table features less their mean, over their deviation, both of the training examples.' },
  'model.kind': { title: 'Model', explanation: 'Maps the features to a score for each class.', options: { linear: 'Linear', dense: 'Dense', convolutional: 'Convolutional' } },
  'model.hidden': { title: 'Hidden units', explanation: 'Width of each hidden layer, such as 128 or 256, 128.' },
  'model.channels': { title: 'Channels', explanation: 'Filters of the first and second convolution.' },
  'model.denseUnits': { title: 'Dense units', explanation: 'Width of the layer after the convolutions.' },
  optimizer: { title: 'Optimizer', explanation: 'How gradients become steps.', options: { adam: 'Adam', adamw: 'AdamW', sgd: 'SGD', momentum: 'SGD with momentum', nesterov: 'SGD with Nesterov momentum' } },
  learningRate: { title: 'Learning rate', explanation: 'The highest rate the schedule reaches.' },
  weightDecay: { title: 'Weight decay', explanation: 'Pulls weights towards zero at each step. 0 for none.' },
  schedule: { title: 'Schedule', explanation: 'How the learning rate goes after the warm-up.', options: { constant: 'Constant', linear: 'Linear to zero', cosine: 'Cosine to zero' } },
  warmUp: { title: 'Warm-up', explanation: 'Share of the steps over which the rate rises.' },
  batchSize: { title: 'Batch size', explanation: 'Examples of one step.' },
  epochs: { title: 'Epochs', explanation: 'Passes over an arm\u2019s examples.' },
  mostSteps: { title: 'Most steps', explanation: 'Ends an arm earlier, whatever the epochs. 0 for no limit.' },
  clipNorm: { title: 'Clip norm', explanation: 'Limit of the global gradient norm. 0 for none.' },
  sampler: { title: 'Sampler', explanation: 'Shuffled takes examples as they are; balanced draws every class equally often.', options: { shuffled: 'Shuffled', balanced: 'Balanced by class' } },
  patience: { title: 'Patience', explanation: 'Stops after so many epochs without a better validation loss and keeps the best. 0 never stops; needs a validation share.' },
  seeds: { title: 'Seeds', explanation: 'Repeats with another start and order, such as 0-4 or 0, 2, 5. Intervals need at least two.' },
  engine: { title: 'Engine', explanation: 'Automatic takes the best engine of this machine.', auto: 'Automatic' }
} as const

const unitStrings = { epochs: 'epochs', steps: 'steps', examples: 'examples', columns: 'columns' } as const

const armStrings = {
  title: 'Arms', explanation: 'Each arm is trained with every seed; all are judged on the same test examples.', add: 'Add arm', duplicate: 'Duplicate', remove: 'Remove', up: 'Move up', down: 'Move down', more: 'Settings', ofArm: (text: string, arm: string) => `${text}: ${arm}`,
  name: 'Name', labels: 'Labels', form: 'Label form', forms: { hard: 'Hard', soft: 'Soft' }, noSoft: 'This source has no soft labels.', softHelp: 'Soft labels are class probabilities; hard ones the most probable class.', role: 'Role', roles: { single: 'Plain', teacher: 'Teacher', student: 'Student', ceiling: 'Ceiling' }, roleHelp: 'The share of the gap recovered (PGR) compares students with a teacher and a ceiling.',
  rows: 'Rows', rowOptions: { all: 'All but test', pretrain: 'Pretraining split', teacher: 'Teacher split', student: 'Student split' }, rowsHelp: 'Examples pinned to a split, or every one that is neither tested on nor left out.', pinned: (name: string, count: number) => `${name} (${formatCount(count)})`,
  examples: 'At most', examplesHelp: 'Trains on so many examples, drawn by the seed with each class\u2019s share. 0 takes all.', method: 'Method', model: 'Own model', shared: 'As below', sharedHelp: 'Whether this arm has a model of its own.', source: (name: string, kind: string, count: number) => `${name} (${kind}, ${formatCount(count)})`, predictions: (arm: string) => `Predictions of ${arm}`, missing: 'Labels that are gone',
  gone: 'Choose a label source: the one of this arm is gone.', later: 'An arm can only learn from an arm before it.', sameName: 'Each arm needs a name of its own.', automatic: 'Name it after its labels and method',
  soft: (name: string) => `soft labels of ${name}`, hard: (name: string) => `labels of ${name}`, hardBeside: (name: string) => `hard labels of ${name}`, onlyGiven: 'given labels', onlyTruth: 'true labels', teacher: 'teacher', student: 'student', ceiling: 'ceiling', predicted: 'predictions', atMost: (count: number) => `at most ${examples(count)}`, layers: (widths: string) => `hidden ${widths}`
} as const

const presetStrings = {
  title: 'Start from', restore: 'Bring back the last draft', applied: (title: string) => `\u201c${title}\u201d replaced the arms`,
  single: { title: 'One run', text: 'One arm on one label source.' },
  soft: { title: 'Soft labels against hard, majority and truth', text: 'What do the probabilities of a label model add?' },
  chain: { title: 'Teacher \u2192 student', text: 'A small teacher labels; larger students learn from that; a ceiling knows the truth.' },
  robust: { title: 'Noise-robust methods side by side', text: 'The same labels, learnt by several losses.' },
  needsSoft: 'Needs a source with soft labels: run a label model.', needsLabels: 'Needs labels.'
} as const

const planStrings = {
  title: 'Plan', asking: 'Reading the data set', waiting: 'Complete the fields to see what it amounts to.', arm: 'Arm', examples: 'Examples', steps: 'Steps', parameters: 'Parameters', test: 'Test examples', validation: 'Validation examples', features: 'Features', evaluatedBy: 'Judged by', engine: 'Engine', runs: 'Runs', runsOf: (arms: number, seeds: number) => `${formatPlural(arms, 'arm', 'arms')} \u00d7 ${formatPlural(seeds, 'seed', 'seeds')}`,
  time: 'Estimated time', perSeed: (text: string) => `${text} a seed`, unmeasured: 'not measured', measure: 'Measure', measuring: 'Measuring', warnings: 'To know', problem: 'Something stands in the way', unknown: 'known once it runs', summary: (arms: number, seeds: number, test: number) => `${formatPlural(arms, 'arm', 'arms')} \u00d7 ${formatPlural(seeds, 'seed', 'seeds')}, tested on ${examples(test)}`
} as const

/** Texts of the Train view and of training elsewhere. */
export const trainStrings = {
  title: 'Train', own: 'Train on a data set', list: 'Data sets', empty: 'No data set to train on yet', emptyText: 'Training compares arms: ways to learn from labels, over several seeds, judged on the same test examples. Import a file of your own, or start with the spam sample.', addSample: 'Add the spam sample', openData: 'Go to Data',
  noLabels: 'No labels to train on', noLabelsText: 'Label some examples by hand or by labeling functions first, then train on what they say.', toLabel: 'Go to Label',
  sections: { data: 'Examples and tests', model: 'Model', optimization: 'Optimization', runs: 'Runs' }, advanced: (count: number) => `${formatCount(count)} more`, less: 'Fewer', changed: (count: number) => `${formatCount(count)} changed`, restore: (title: string, value: string) => `Back to the default of ${title}: ${value}`, defaults: 'Defaults', start: 'Start training', starting: 'Starting', mistakes: (count: number) => `${formatPlural(count, 'field needs', 'fields need')} another value.`,
  noFilter: 'All examples', filtered: (query: string) => `Filter: ${query}`, judge: { automatic: 'Truth, else given labels', named: (name: string, kind: string) => `${name} (${kind})` }, yes: 'Yes', no: 'No', widths: 'Whole numbers, separated by commas.', matrix: 'Numbers from 0 to 1, a line a row.', smoothed: 'label smoothing',
  methodNames: {
    'cross-entropy': 'cross-entropy', 'generalized-cross-entropy': 'GCE', 'symmetric-cross-entropy': 'SCE', 'soft-bootstrapping': 'soft bootstrapping', 'hard-bootstrapping': 'hard bootstrapping', 'early-learning-regularization': 'ELR', 'forward-correction': 'forward correction', 'backward-correction': 'backward correction'
  } as Readonly<Record<string, string>>,
  twoWidths: 'Two whole numbers, separated by a comma.', unknownField: (field: string) => `${field}: `,
  fields: fieldStrings, units: unitStrings, arms: armStrings, presets: presetStrings, plan: planStrings,
  softNow: 'Train on soft labels', softHelp: 'Starts at once: soft against hard, majority and truth, three seeds, default settings.', softSettings: 'Change settings\u2026', onThese: (name: string) => `Train on the labels of ${name}\u2026`,
  softName: (name: string) => `Soft labels of ${name} against hard, majority and truth`, started: (name: string) => `Started \u201c${name}\u201d`, again: 'Edit and run again', labelWith: 'Label with this run', labelWithHelp: 'Makes a label source of its predictions, with their probabilities.', labelling: (name: string) => `Labelling with ${name}`, asFunction: 'Use as a labeling function', functionMade: (name: string) => `\u201c${name}\u201d is a labeling function now`,
  comparison: { title: 'Comparison', note: 'Mean \u00b1 sample standard deviation over seeds; gain is paired over seeds, over the first arm.', pgrNote: 'PGR: performance gap recovered, (student \u2212 teacher) / (ceiling \u2212 teacher).', gain: (arm: string) => `Gain over ${arm}`, gainShort: 'Gain', macroF1: 'Macro-F1', ece: 'ECE', best: (arm: string, accuracy: string) => `best is ${arm}, ${accuracy}`, none: 'no seed is complete' }
} as const
