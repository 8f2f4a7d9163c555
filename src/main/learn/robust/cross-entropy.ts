import type { ConfigOf } from '../../../shared/domain/robust-methods.ts'
import { crossEntropy } from '../losses.ts'
import type { RobustMethod } from './method.ts'

/** Plain cross-entropy, with label smoothing if wanted: what every other method is compared with. See {@link crossEntropy}. */
export function crossEntropyMethod({ smoothing }: ConfigOf<'cross-entropy'>): RobustMethod {
  return {
    name: 'cross-entropy',
    networks: 1,
    init: () => ({}),
    loss: (logits, { targets }) => crossEntropy(logits, targets, { smoothing })
  }
}
