import { shallowRef, type ShallowRef } from 'vue'
import { toErrorPayload, type ErrorPayload } from '../../../shared/contract/errors.ts'
import type { QueueOrder } from '../../../shared/domain/annotation.ts'
import type { Filter } from '../../../shared/domain/filter.ts'
import type { JournalState } from '../../../shared/domain/journal.ts'
import { useClient } from '../../connection.ts'
import { ExampleBuffer, type AnnotationExample, type ExampleWish } from './example-buffer.ts'

/** Who annotates what, in which order. */
export interface AnnotationSetup extends ExampleWish {
  readonly annotator: string
  readonly order: QueueOrder
  /** Source whose confidence, or sources whose disagreement, decides. */
  readonly orderSources: readonly string[]
  readonly filter: Filter
  /** The source that `label:` means in the filter. */
  readonly filterSource: string | null
  readonly seed: number
}

/** One label given here, so that undo finds the way back. */
interface Step {
  readonly row: number
  readonly before: number | null
  readonly after: number | null
  /** Entries in the journal once it was stored; null while it is on its way. */
  depth: number | null
}

/** Examples fetched at a time. */
const queueSize = 200
/** More are asked for when fewer than this are ahead. */
const refillBelow = 60

/**
 * One annotator going through a queue. A label is taken at once and sent in the background; when it is refused, its example comes
 * back with the reason. Undo follows the journal: an entry that is taken back, wherever from, brings its example back.
 */
export class AnnotationSession {
  readonly example: ShallowRef<AnnotationExample | null> = shallowRef(null)
  /** Counts up when anything shown has changed. */
  readonly version = shallowRef(0)
  readonly failure: ShallowRef<ErrorPayload | null> = shallowRef(null)
  /** The row whose label was refused, and why. */
  readonly refused: ShallowRef<{ readonly row: number; readonly error: ErrorPayload } | null> = shallowRef(null)
  readonly total = shallowRef(0)
  readonly waiting = shallowRef(0)
  readonly started = shallowRef(false)
  readonly times = shallowRef<readonly number[]>([])
  readonly #setup: AnnotationSetup
  readonly #buffer: ExampleBuffer
  readonly #rows: number[] = []
  readonly #known = new Set<number>()
  readonly #skipped = new Set<number>()
  readonly #labels = new Map<number, number | null>()
  readonly #changes = new Map<number, number>()
  readonly #sending = new Set<Promise<void>>()
  #steps: Step[] = []
  #at = 0
  #exhausted = false
  #refilling: Promise<void> | null = null
  #ended = false

  /** @param before the session this one follows, whose labels undo still leads back to where the annotator is the same */
  constructor(setup: AnnotationSetup, before: AnnotationSession | null = null) {
    this.#setup = setup
    if (before !== null && before.#setup.datasetId === setup.datasetId && before.#setup.annotator === setup.annotator) {
      this.#steps = before.#steps
      this.times.value = before.times.value
    }
    this.#buffer = new ExampleBuffer(setup, () => this.#show())
  }

  get row(): number | null {
    return this.#rows[this.#at] ?? null
  }

  get hasPrevious(): boolean {
    return this.#at > 0
  }

  get skipped(): number {
    return [...this.#skipped].filter((row) => this.labelOf(row) === null).length
  }

  /** Whether everything that waited has been shown. */
  get atEnd(): boolean {
    return this.started.value && this.row === null && this.#exhausted
  }

  get canUndo(): boolean {
    return this.#steps.length > 0
  }

  async start(): Promise<void> {
    await this.#refill()
    this.started.value = true
    this.#show()
  }

  end(): void {
    this.#ended = true
    this.#buffer.end()
  }

  /** The annotator's label in force: what was given here, else what the bench said when it was read. */
  labelOf(row: number): number | null {
    const own = this.#labels.get(row)
    if (own !== undefined) return own
    const read = this.#buffer.get(row)?.own ?? -1
    return read < 0 ? null : read
  }

  /** Labels of a class given here less those taken back, to be added to what was there at the start. */
  changeOf(label: number): number {
    return this.#changes.get(label) ?? 0
  }

  /** Labels the example shown and goes on; null withdraws and stays. */
  label(label: number | null): void {
    const row = this.row
    if (row === null) return
    const before = this.labelOf(row)
    this.refused.value = null
    if (label === null && before === null) return
    const step: Step = { row, before, after: label, depth: null }
    this.#steps.push(step)
    this.#set(row, label)
    this.#skipped.delete(row)
    if (label !== null) this.times.value = [...this.times.value.slice(-500), Date.now()]
    const sending = this.#send(step).finally(() => this.#sending.delete(sending))
    this.#sending.add(sending)
    if (label !== null) this.move(1)
    else this.#show()
  }

  /** Takes the suggestion of the example shown; false where there is none. */
  accept(): boolean {
    const suggestion = this.example.value?.suggestion ?? null
    if (suggestion === null || this.example.value?.row !== this.row) return false
    this.label(suggestion.label)
    return true
  }

  skip(): void {
    if (this.row === null) return
    this.#skipped.add(this.row)
    this.move(1)
  }

  /** Goes to the example before or after the one shown; beyond the last one lies the end. */
  move(step: 1 | -1): void {
    this.#at = Math.max(0, Math.min(this.#rows.length, this.#at + step))
    this.#show()
    if (this.#rows.length - this.#at < refillBelow && !this.#exhausted) void this.#refill()
  }

  /** Goes through what was skipped once more. */
  revisit(): void {
    const again = [...this.#skipped].filter((row) => this.labelOf(row) === null)
    this.#skipped.clear()
    this.#at = this.#rows.length
    this.#rows.push(...again)
    this.#show()
  }

  /** Resolves once every label given so far is stored or refused. */
  async settled(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending)
  }

  /** Follows the journal: labels whose entries were taken back are taken back here, the last of them is shown again. */
  follow(state: JournalState): void {
    if (this.#sending.size > 0) return
    let undone: Step | undefined
    for (let last = this.#steps.at(-1); last !== undefined && (last.depth ?? 0) > state.undo.depth; last = this.#steps.at(-1)) {
      undone = this.#steps.pop()
      if (undone === undefined) break
      // A row of an earlier session was not read by this one: what it had is what the step gave it.
      if (!this.#labels.has(undone.row)) this.#labels.set(undone.row, undone.after)
      this.#set(undone.row, undone.before)
      if (undone.after !== null) this.times.value = this.times.value.slice(0, -1)
    }
    if (undone !== undefined) this.#goTo(undone.row)
  }

  /** Reads the annotator's labels again, after something else changed them. */
  async reread(): Promise<void> {
    if (this.#sending.size > 0 || this.#setup.ownId === null || this.#labels.size === 0) return
    const found = await this.#buffer.ownLabels([...this.#labels.keys()].slice(-190))
    if (this.#sending.size > 0) return
    for (const [row, label] of found) this.#set(row, label < 0 ? null : label)
    this.#show()
  }

  async #send(step: Step): Promise<void> {
    const { datasetId, annotator } = this.#setup
    try {
      const state = await useClient().call('datasets.set-labels', { datasetId, annotator, rows: [step.row], label: step.after })
      step.depth = state.undo.depth
    } catch (error) {
      this.#steps = this.#steps.filter((one) => one !== step)
      // A later label of the same example stays what it is.
      if (!this.#steps.some((one) => one.row === step.row)) this.#set(step.row, step.before)
      if (step.after !== null) this.times.value = this.times.value.slice(0, -1)
      if (this.#ended) return
      if (this.refused.value === null) {
        this.refused.value = { row: step.row, error: toErrorPayload(error) }
        this.#goTo(step.row)
      }
    }
  }

  #set(row: number, label: number | null): void {
    const before = this.labelOf(row)
    this.#labels.set(row, label)
    if (before !== null) this.#changes.set(before, this.changeOf(before) - 1)
    if (label !== null) this.#changes.set(label, this.changeOf(label) + 1)
    if ((before === null) !== (label === null)) this.waiting.value += label === null ? 1 : -1
    this.version.value += 1
  }

  #goTo(row: number): void {
    const place = this.#rows.lastIndexOf(row)
    if (place >= 0) this.#at = place
    else {
      this.#known.add(row)
      this.#rows.splice(this.#at, 0, row)
    }
    this.#show()
  }

  #refill(): Promise<void> {
    this.#refilling ??= this.#ask().finally(() => (this.#refilling = null))
    return this.#refilling
  }

  async #ask(): Promise<void> {
    const { datasetId, filterSource, filter, annotator, order, orderSources, seed } = this.#setup
    // Skipped examples and labels on their way still count as waiting there.
    const limit = Math.min(1000, queueSize + this.skipped + this.#sending.size + (this.#rows.length - this.#at))
    const labelledBefore = this.#labels.size
    try {
      const queue = await useClient().call('annotation.queue', { datasetId, sourceId: filterSource, filter, annotator, order, sourceIds: [...orderSources], seed, limit })
      if (this.#ended) return
      const fresh = [...queue.rows].filter((row) => !this.#known.has(row))
      for (const row of fresh) this.#known.add(row)
      this.#rows.push(...fresh)
      this.#exhausted = fresh.length === 0 || queue.rows.length < limit
      this.total.value = queue.total
      if (labelledBefore === 0) this.waiting.value = queue.waiting
      this.failure.value = null
    } catch (error) {
      if (!this.#ended) this.failure.value = toErrorPayload(error)
    }
    this.#show()
  }

  #show(): void {
    if (this.#ended) return
    this.#buffer.want(this.#rows, this.#at)
    this.example.value = this.row === null ? null : this.#buffer.get(this.row)
    this.version.value += 1
  }
}
