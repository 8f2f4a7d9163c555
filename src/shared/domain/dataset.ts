export type DatasetKind = 'image' | 'table' | 'text'

/** A class of a data set. `position` is the integer that labels hold; `key` the keyboard key that assigns it. */
export interface DatasetClass {
  readonly position: number
  readonly name: string
  readonly color: string
  readonly key: string
}

export interface Dataset {
  readonly id: string
  readonly name: string
  readonly kind: DatasetKind
  /** Shape of one example's features, e.g. [28, 28] for a grey image (rows, columns). */
  readonly shape: readonly number[]
  readonly dtype: 'uint8' | 'float32'
  readonly count: number
  readonly classes: readonly DatasetClass[]
  readonly source: string
  readonly license: string
  readonly createdAt: number
}

export const labelSourceKinds = ['given', 'truth', 'annotator', 'labeling-function', 'model', 'aggregate'] as const
export type LabelSourceKind = (typeof labelSourceKinds)[number]

/** Where labels come from. Labels of a source are appended, never overwritten; the latest one of a row is in force. */
export interface LabelSource {
  readonly id: string
  readonly datasetId: string
  readonly kind: LabelSourceKind
  readonly name: string
  readonly createdAt: number
  /** Rows with a label in force, abstentions not counted. */
  readonly labelled: number
  /** What made the source and what it found, as JSON text of the kind that wrote it; null where there is nothing to say. */
  readonly detail: string | null
}

/** Splits of a data set version; `none` leaves a row out. */
export const splits = ['none', 'pretrain', 'teacher', 'student', 'test'] as const
export type Split = (typeof splits)[number]

/** An immutable, content-hashed selection: rows, their split, and the label source in force. */
export interface DatasetVersion {
  readonly id: string
  readonly datasetId: string
  readonly hash: string
  readonly labelSourceId: string
  readonly name: string
  readonly counts: Readonly<Record<Split, number>>
  readonly createdAt: number
}

/** One label event of an example, newest first in a history. */
export interface LabelEvent {
  readonly sourceId: string
  readonly sourceName: string
  /** Class position; null is an abstention or a withdrawn label. */
  readonly label: number | null
  readonly confidence: number | null
  readonly at: number
}
