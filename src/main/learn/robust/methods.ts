import type { RobustMethodConfig } from '../../../shared/domain/robust-methods.ts'
import { bootstrappingMethod } from './bootstrapping.ts'
import { coTeachingMethod } from './co-teaching.ts'
import { crossEntropyMethod } from './cross-entropy.ts'
import { earlyLearningMethod } from './early-learning.ts'
import { generalizedCrossEntropyMethod } from './generalized-cross-entropy.ts'
import { lossCorrectionMethod } from './loss-correction.ts'
import type { RobustMethod } from './method.ts'
import { mixupMethod } from './mixup.ts'
import { smallLossSelectionMethod } from './small-loss-selection.ts'
import { symmetricCrossEntropyMethod } from './symmetric-cross-entropy.ts'

/** The way of training that a configuration asks for. */
export function robustMethod(config: RobustMethodConfig): RobustMethod {
  switch (config.name) {
    case 'cross-entropy':
      return crossEntropyMethod(config)
    case 'generalized-cross-entropy':
      return generalizedCrossEntropyMethod(config)
    case 'symmetric-cross-entropy':
      return symmetricCrossEntropyMethod(config)
    case 'soft-bootstrapping':
    case 'hard-bootstrapping':
      return bootstrappingMethod(config)
    case 'forward-correction':
    case 'backward-correction':
      return lossCorrectionMethod(config)
    case 'mixup':
      return mixupMethod(config)
    case 'co-teaching':
      return coTeachingMethod(config)
    case 'early-learning-regularization':
      return earlyLearningMethod(config)
    case 'small-loss-selection':
      return smallLossSelectionMethod(config)
  }
}
