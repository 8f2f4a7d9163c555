import * as v from 'valibot'
import { choice, integer, number, numberField, transitionMatrix } from './method-fields.ts'
import type { MethodForm } from './method-fields.ts'

/**
 * Ways to train on labels some of which are wrong: what each is called, what it does, and what can be set. The forms
 * below are plain data; the schema takes its bounds and defaults from the same fields.
 */
const smoothing = numberField('smoothing', 'Label smoothing', 'Share of each label that is spread evenly over all classes.', [0, 0.5], 0, 0.01)

const exponent = numberField('q', 'Exponent q', 'Near 0 the loss is cross-entropy, which fits hard examples most; at 1 it is the mean absolute error, which ignores them.', [0.01, 1], 0.7, 0.01)
const truncation = numberField('truncation', 'Truncation k', 'Examples whose label has at most this probability stop pulling. 0 leaves it out; the paper takes 0.5.', [0, 0.95], 0, 0.05)
const truncateFrom = numberField('truncateFrom', 'Truncate from epoch', 'Epochs trained without truncation first.', [0, 1000], 10, 1, 'epochs')

const crossWeight = numberField('alpha', 'Weight of cross-entropy', 'How much the model is pulled towards the given label.', [0, 10], 0.1, 0.01)
const reverseWeight = numberField('beta', 'Weight of the reverse', 'How much the reverse cross-entropy counts, which bounds what one wrong label can do.', [0, 10], 1, 0.01)
const logOfZero = numberField('logOfZero', 'Logarithm of zero', 'What stands for log 0 in the reverse cross-entropy.', [-20, -0.1], -4, 0.1)

const trust = (given: number): ReturnType<typeof numberField> =>
  numberField('labelWeight', 'Weight of the label', 'The rest of the target is what the model itself believes. 1 is cross-entropy.', [0, 1], given, 0.01)
const softTrust = trust(0.95)
const hardTrust = trust(0.8)

const estimate = {
  kind: 'choice',
  key: 'estimate',
  title: 'Estimate of the matrix',
  explanation: 'Where no matrix is given, it is read off the probabilities of the model after the warm-up.',
  choices: [
    { value: 'confident', title: 'Confident examples', explanation: 'Counts the given labels of the examples the model is confident about, class by class.' },
    { value: 'anchor', title: 'Anchor points', explanation: 'Takes the probabilities of the example that is most surely of each class (Patrini et al., 2017).' }
  ],
  default: 'confident'
} as const
const matrix = {
  kind: 'matrix',
  key: 'matrix',
  title: 'Noise matrix',
  explanation: 'Row: true class, column: given label; each row sums to 1. Left out, it is estimated.',
  default: null
} as const
const matrixWarmUp = numberField('warmUpEpochs', 'Warm-up', 'Epochs of cross-entropy before the matrix is estimated. Without effect where it is given.', [1, 1000], 5, 1, 'epochs')

const mixupAlpha = numberField('alpha', 'Mixing alpha', 'Two examples are mixed with a weight drawn from Beta(alpha, alpha): small values hardly mix, 1 mixes evenly.', [0.01, 32], 1, 0.05)

const noiseRate = numberField('noiseRate', 'Share to leave out', 'Share of each batch with the largest losses that is not learnt from; about the share of wrong labels.', [0, 0.95], 0.2, 0.01)
const dropEpochs = numberField('dropEpochs', 'Epochs until then', 'Epochs over which that share grows from 0.', [1, 1000], 10, 1, 'epochs')

const memory = numberField('memory', 'Memory beta', 'Share of the running average of its own predictions that an example keeps from epoch to epoch.', [0, 0.99], 0.7, 0.01)
const strength = numberField('strength', 'Strength lambda', 'Weight of the pull towards that average. 0 is cross-entropy; too much freezes early mistakes.', [0, 20], 3, 0.1)

const selectionWarmUp = numberField('warmUpEpochs', 'Warm-up', 'Epochs of cross-entropy before examples are divided into clean and suspect ones.', [1, 1000], 5, 1, 'epochs')
const cleanThreshold = numberField('cleanThreshold', 'Clean from', 'Probability of belonging to the component of small losses from which a label is kept.', [0.01, 0.99], 0.5, 0.01)
const temperature = numberField('temperature', 'Sharpening temperature', 'Below 1, new labels are made more decided than the predictions they come from.', [0.1, 1], 0.5, 0.05)
const selectionAlpha = numberField('alpha', 'Mixing alpha', 'Weight of mixed examples is drawn from Beta(alpha, alpha).', [0.01, 32], 4, 0.1)
const suspectWeight = numberField('suspectWeight', 'Weight of suspect examples', 'How much the squared error on relabelled examples counts, once grown.', [0, 200], 5, 0.5)
const rampEpochs = numberField('rampEpochs', 'Epochs until then', 'Epochs after the warm-up over which that weight grows from 0.', [1, 1000], 16, 1, 'epochs')
const networks = numberField('networks', 'Networks', 'Two networks divide the examples for each other, at twice the cost.', [1, 2], 1, 1)

export const robustMethodForms = [
  {
    name: 'cross-entropy',
    title: 'Cross-entropy',
    explanation: 'Trusts every label alike; with smoothing, none of them fully.',
    source: 'Szegedy et al., Rethinking the Inception Architecture for Computer Vision, CVPR 2016',
    fields: [smoothing]
  },
  {
    name: 'generalized-cross-entropy',
    title: 'Generalized cross-entropy',
    explanation: 'Lies between cross-entropy and the mean absolute error: examples that the model finds impossible pull less.',
    source: 'Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels, NeurIPS 2018',
    fields: [exponent, truncation, truncateFrom]
  },
  {
    name: 'symmetric-cross-entropy',
    title: 'Symmetric cross-entropy',
    explanation: 'Adds the cross-entropy the other way round, in which a wrong label can cost only so much.',
    source: 'Wang et al., Symmetric Cross Entropy for Robust Learning with Noisy Labels, ICCV 2019',
    fields: [crossWeight, reverseWeight, logOfZero]
  },
  {
    name: 'soft-bootstrapping',
    title: 'Bootstrapping, soft',
    explanation: "Mixes each label with the model's own probabilities.",
    source: 'Reed et al., Training Deep Neural Networks on Noisy Labels with Bootstrapping, ICLR 2015 workshop',
    fields: [softTrust]
  },
  {
    name: 'hard-bootstrapping',
    title: 'Bootstrapping, hard',
    explanation: "Mixes each label with the model's own most probable class.",
    source: 'Reed et al., Training Deep Neural Networks on Noisy Labels with Bootstrapping, ICLR 2015 workshop',
    fields: [hardTrust]
  },
  {
    name: 'forward-correction',
    title: 'Forward correction',
    explanation: "Passes the model's probabilities through the noise before comparing them with the given labels.",
    source: 'Patrini et al., Making Deep Neural Networks Robust to Label Noise: a Loss Correction Approach, CVPR 2017',
    fields: [matrix, estimate, matrixWarmUp]
  },
  {
    name: 'backward-correction',
    title: 'Backward correction',
    explanation: 'Undoes the noise in the loss with the inverse of the matrix: unbiased, but unsteady where the matrix is hard to invert.',
    source: 'Patrini et al., Making Deep Neural Networks Robust to Label Noise: a Loss Correction Approach, CVPR 2017',
    fields: [matrix, estimate, matrixWarmUp]
  },
  {
    name: 'mixup',
    title: 'Mixup',
    explanation: 'Trains on weighted means of two examples and of their labels.',
    source: 'Zhang et al., mixup: Beyond Empirical Risk Minimization, ICLR 2018',
    fields: [mixupAlpha]
  },
  {
    name: 'co-teaching',
    title: 'Co-teaching',
    explanation: 'Two networks; each learns from the examples of a batch that the other finds easiest.',
    source: 'Han et al., Co-teaching: Robust Training of Deep Neural Networks with Extremely Noisy Labels, NeurIPS 2018',
    fields: [noiseRate, dropEpochs]
  },
  {
    name: 'early-learning-regularization',
    title: 'Early-learning regularization',
    explanation: 'Pulls the model towards the running average of its own predictions, which early in training follow the true labels.',
    source: 'Liu et al., Early-Learning Regularization Prevents Memorization of Noisy Labels, NeurIPS 2020',
    fields: [strength, memory]
  },
  {
    name: 'small-loss-selection',
    title: 'Small-loss selection',
    explanation: 'Divides the examples by their losses each epoch, keeps the labels of the clean part and relabels the rest with its own predictions.',
    source: 'After Li, Socher and Hoi, DivideMix: Learning with Noisy Labels as Semi-supervised Learning, ICLR 2020, simplified',
    fields: [selectionWarmUp, cleanThreshold, temperature, selectionAlpha, suspectWeight, rampEpochs, networks]
  }
] as const satisfies readonly MethodForm[]

export type RobustMethodName = (typeof robustMethodForms)[number]['name']
export const robustMethodNames: readonly RobustMethodName[] = robustMethodForms.map(({ name }) => name)

/** A way of training and its settings; every setting has a default. */
export const RobustMethodConfig = v.variant('name', [
  v.strictObject({ name: v.literal('cross-entropy'), smoothing: number(smoothing) }),
  v.strictObject({ name: v.literal('generalized-cross-entropy'), q: number(exponent), truncation: number(truncation), truncateFrom: integer(truncateFrom) }),
  v.strictObject({ name: v.literal('symmetric-cross-entropy'), alpha: number(crossWeight), beta: number(reverseWeight), logOfZero: number(logOfZero) }),
  v.strictObject({ name: v.literal('soft-bootstrapping'), labelWeight: number(softTrust) }),
  v.strictObject({ name: v.literal('hard-bootstrapping'), labelWeight: number(hardTrust) }),
  v.strictObject({ name: v.literal('forward-correction'), matrix: transitionMatrix, estimate: choice(['confident', 'anchor'], estimate.default), warmUpEpochs: integer(matrixWarmUp) }),
  v.strictObject({ name: v.literal('backward-correction'), matrix: transitionMatrix, estimate: choice(['confident', 'anchor'], estimate.default), warmUpEpochs: integer(matrixWarmUp) }),
  v.strictObject({ name: v.literal('mixup'), alpha: number(mixupAlpha) }),
  v.strictObject({ name: v.literal('co-teaching'), noiseRate: number(noiseRate), dropEpochs: integer(dropEpochs) }),
  v.strictObject({ name: v.literal('early-learning-regularization'), strength: number(strength), memory: number(memory) }),
  v.strictObject({
    name: v.literal('small-loss-selection'),
    warmUpEpochs: integer(selectionWarmUp),
    cleanThreshold: number(cleanThreshold),
    temperature: number(temperature),
    alpha: number(selectionAlpha),
    suspectWeight: number(suspectWeight),
    rampEpochs: integer(rampEpochs),
    networks: integer(networks)
  })
])
export type RobustMethodConfig = v.InferOutput<typeof RobustMethodConfig>
/** The settings of one method. */
export type ConfigOf<Name extends RobustMethodName> = Extract<RobustMethodConfig, { name: Name }>
