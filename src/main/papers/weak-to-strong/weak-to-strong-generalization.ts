import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { BenchError } from '../../../shared/contract/errors.ts'
import { stream } from '../../learn/random.ts'
import { confidenceLoss, confidenceWeight } from '../../learn/weak-to-strong.ts'
import { crossEntropy } from '../../learn/losses.ts'
import type { TrainingContext } from '../../runs/training-context.ts'
import { type Body, pretrainBody } from './body.ts'
import { type Head, type HeadTask, trainHead } from './head.ts'
import type { WeakToStrongInput } from './input.ts'
import { levelOf } from './levels.ts'
import { findPseudoClasses } from './pseudo-classes.ts'
import { dealParts, splitOfRows } from './splits.ts'
import { stepCounter } from './step-counter.ts'

export type { WeakToStrongInput } from './input.ts'

/**
 * Weak-to-Strong Generalization: Eliciting Strong Capabilities With Weak Supervision (Burns et al. 2023, arXiv 2312.09390).
 *
 * The claim: a strong pretrained student trained on a weak teacher's labels beats its teacher and stays below its ceiling;
 * an auxiliary confidence loss recovers more of the gap; bootstrapping through intermediate sizes helps in some tasks.
 * Here at desk scale: grey digits, a binary task, five model sizes (see levels.ts), linear heads on frozen features.
 *
 * One seed of the experiment, from the images to every arm's test accuracy; all of it in reading order.
 *
 * @throws BenchError `bad-data` when a part has too few examples, or those of the teacher or the student one class only
 */
export async function weakToStrongGeneralization(context: TrainingContext, input: WeakToStrongInput): Promise<void> {
  const { config, seed, digits } = input
  const random = stream(seed, 'weak-to-strong')
  const counter = stepCounter(context, seed, config)

  // 1. Four disjoint parts: bodies are pretrained on one, A teaches the teacher, B is labelled by it, C judges everybody.
  const known = Int8Array.from(input.pinned, (split, row) => ((digits[row] ?? -1) < 0 ? 0 : split))
  const parts = dealParts(known, config.teacherLabels, random.child('parts'))
  const versionKey = `seed-${seed}`
  context.version({
    key: versionKey,
    datasetId: input.datasetId,
    name: `weak-to-strong, seed ${seed}`,
    labelSourceId: input.labelSourceId,
    rows: Int32Array.from(digits.keys()),
    splits: splitOfRows(parts, digits.length),
    labels: digits
  })

  // 2. The task: two classes, known to the teacher on A only, to the ceiling on B, and to the judge on C.
  const classes = digits.map((digit) => (config.task === 'parity' ? digit % 2 : digit >= 5 ? 1 : 0))
  requireBothClasses(classes, parts.teacher, 'teacher')
  requireBothClasses(classes, parts.student, 'student')
  const task: HeadTask = { classes, test: parts.test, student: parts.student, versionKey }

  // 3. Pretraining: every size learns features of the digits, without labels (or, as in the sheet, with digit labels).
  const targets = config.pretraining === 'unlabelled' ? await findPseudoClasses(context, input, parts.pretrain, counter, versionKey) : digits
  const pretrain = (level: number): Promise<Body> => pretrainBody(context, input, { level: levelOf(level), rows: parts.pretrain, targets, versionKey }, counter)
  const train = (body: Body, head: Parameters<typeof trainHead>[3]): Promise<Head> => trainHead(context, input, { body, task }, head, counter)

  // 4. The weak teacher: a small model, a few true labels. From here on only its opinions on B are used.
  const small = await pretrain(config.supervisorLevel)
  const truth = (rows: Int32Array): Float32Array => oneHot(classes, rows)
  const weak = await train(small, { key: 'weak', role: 'teacher', rows: parts.teacher, targets: truth(parts.teacher), loss: plainLoss })

  // 5. The ceiling: the strong model with true labels on B. It is the yardstick, never available in practice.
  const strong = await pretrain(config.studentLevel)
  await train(strong, { key: 'ceiling', role: 'ceiling', rows: parts.student, targets: truth(parts.student), loss: plainLoss })

  // 6. The naive student: cross-entropy with the teacher's labels as they are.
  const weakLabels = config.weakLabels === 'soft' ? weak.onStudentSplit : hardened(weak.onStudentSplit)
  const supervised = { supervisor: weak, rows: parts.student, targets: weakLabels, parentKey: 'weak' } as const
  await train(strong, { ...supervised, key: 'naive', role: 'student', loss: plainLoss })

  // 7. The confident student: L = (1 - a) CE(p, weak) + a CE(p, own hardened prediction), a growing over the warm-up.
  await train(strong, {
    ...supervised,
    key: 'confidence',
    role: 'student',
    loss: (logits, weakTargets, fraction) =>
      confidenceLoss(logits, weakTargets, {
        weight: confidenceWeight(fraction, { maximum: config.confidenceWeight, warmUp: config.confidenceWarmUp, schedule: config.confidenceSchedule }),
        threshold: config.threshold,
        labels: config.weakLabels
      })
  })

  // 8. Bootstrapping: the teacher's labels train the next size, whose labels train the next, up to the student.
  let supervisor = weak
  for (let level = config.supervisorLevel + 1; level <= config.studentLevel; level++) {
    const last = level === config.studentLevel
    const body = last ? strong : await pretrain(level)
    const opinions = config.weakLabels === 'soft' ? supervisor.onStudentSplit : hardened(supervisor.onStudentSplit)
    supervisor = await train(body, {
      key: last ? 'bootstrapping' : `bootstrapping/level-${level}`,
      role: last ? 'student' : 'intermediate',
      rows: parts.student,
      targets: opinions,
      // Agreement is always with the first teacher, so that it compares across arms.
      supervisor: weak,
      parentKey: supervisor.key,
      loss: plainLoss
    })
  }
}

/** Cross-entropy with the labels as they are, at every step alike. */
const plainLoss = (logits: Tensor2D, targets: Tensor2D): Scalar => crossEntropy(logits, targets)

/** [rows.length x 2] probabilities of certain labels, row-major. */
function oneHot(classes: Int32Array, rows: Int32Array): Float32Array {
  const targets = new Float32Array(rows.length * 2)
  rows.forEach((row, index) => {
    targets[index * 2 + (classes[row] ?? 0)] = 1
  })
  return targets
}

/** The teacher's more probable class, as certain; a tie goes to class 0. */
const hardened = (probabilities: Float32Array): Float32Array =>
  probabilities.map((value, index) => {
    const other = probabilities[index % 2 === 0 ? index + 1 : index - 1] ?? 0
    return value > other || (value === other && index % 2 === 0) ? 1 : 0
  })

function requireBothClasses(classes: Int32Array, rows: Int32Array, part: string): void {
  const ones = rows.filter((row) => classes[row] === 1).length
  if (ones > 0 && ones < rows.length) return
  throw new BenchError('bad-data', `The ${part} split holds examples of one class only, so nothing can be learned from it.`, { field: part, hint: 'Pin examples of both classes to it, or use another seed.' })
}
