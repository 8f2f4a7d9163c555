import type { LabelSource } from '../../../shared/domain/dataset.ts'
import { wordOfSourceKind } from '../../../shared/query/vocabulary.ts'

/** A source as a filter names it, kind and name: a noisy copy is one of several given sources, so that its kind alone would not do. */
export const exactReference = ({ kind, name }: Pick<LabelSource, 'kind' | 'name'>): string => `${wordOfSourceKind(kind)}:${name}`
