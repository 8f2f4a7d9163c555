import { splits } from '../../shared/domain/dataset.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { RunMetrics } from '../../shared/domain/run.ts'
import type { Bench } from '../store/bench.ts'
import { BlockReader, paddedBytes } from './block-files.ts'
import type { FromWorker } from './protocol.ts'

/** What became visible in the bench file by a worker's message; the core turns it into events. */
export interface JobObserver {
  jobChanged(job: Job): void
  progress(job: Job): void
  datasetsChanged(datasetIds: readonly string[]): void
  runsChanged(runIds: readonly string[], experimentId: string | null): void
  /** A run of the experiment has ended, so its summary may have changed; called within the transaction that ends the run. */
  runEnded(experimentId: string): void
  metrics(runs: readonly RunMetrics[]): void
  /** Something could not be stored (a full disk); one sentence for the person. */
  trouble(message: string): void
}

type DataMessage = Exclude<FromWorker, { type: 'progress' | 'done' | 'failed' | 'cancelled' }>

/** Writes what one worker reports into the bench file, each message in one transaction, keys turned into ids. */
export class MessageSink {
  readonly #bench: Bench
  readonly #job: Job
  readonly #observer: JobObserver
  readonly #runIds: Map<string, string>
  readonly #versionIds = new Map<string, string>()
  readonly #blocks = new BlockReader()
  #datasetId: string | undefined
  #checkId: string | undefined
  #announcements: (() => void)[] = []

  constructor(bench: Bench, job: Job, observer: JobObserver) {
    this.#bench = bench
    this.#job = job
    this.#observer = observer
    // Runs of an earlier attempt keep their ids: a resumed worker does not begin again what it had completed.
    this.#runIds = bench.runs.idsByKey(job.id)
  }

  apply(message: DataMessage): void {
    this.#announcements = []
    this.#bench.transaction(() => this.#write(message))
    // Only now: what is announced must be there to be read.
    for (const announce of this.#announcements) announce()
  }

  /** Removes what the worker, which has ended, has left of temporary files. */
  close(): void {
    this.#blocks.remove()
  }

  /** Removes what an import that will not finish has written. */
  abandon(): void {
    if (this.#datasetId !== undefined) this.#bench.datasets.abandon(this.#datasetId)
  }

  #write(message: DataMessage): void {
    const { runs, jobs, datasets, columns, labels, versions, importReports, search, noiseChecks } = this.#bench
    switch (message.type) {
      case 'log':
        return jobs.appendLog(this.#job.id, message.level, message.message)
      case 'dataset-begin':
        this.#datasetId = datasets.insert(message.dataset).id
        return
      case 'dataset-features':
        return datasets.appendFeatures(this.#dataset(), message.start, message.count, message.data)
      case 'dataset-grow':
        return datasets.grow(this.#dataset(), message.count)
      case 'dataset-columns':
        return message.columns.forEach((column) => columns.set(this.#dataset(), column))
      case 'dataset-column-chunk':
        return message.columns.forEach(({ position, column }) => columns.append(this.#dataset(), position, message.start, message.count, column))
      case 'dataset-block':
        return this.#storeBlock(message)
      case 'dataset-settle':
        return datasets.settle(this.#dataset(), message.featureHash, message.classes)
      case 'dataset-splits':
        return this.#bench.splits.set(this.#dataset(), Array.from(message.rows), Array.from(message.splits, (index) => splits[index] ?? null))
      case 'quarantine':
        return importReports.quarantine(this.#dataset(), message.rows)
      case 'dataset-report':
        return importReports.setReport(message.datasetId ?? this.#dataset(), message.kind, message.report)
      case 'label-batch':
        return labels.appendBatch(labels.ensureSource(message.datasetId ?? this.#dataset(), message.kind, message.source).id, message.rows ?? message.start, message.labels, message.confidence, message.at)
      case 'soft-labels':
        return labels.setSoft(labels.ensureSource(message.datasetId ?? this.#dataset(), message.kind, message.source).id, message.start, message.classes, message.probabilities)
      case 'source-detail':
        return labels.setDetail(labels.ensureSource(message.datasetId, message.kind, message.source).id, message.detail)
      case 'function-applied':
        return this.#bench.functions.setSource(message.functionId, labels.ensureSource(message.datasetId, 'labeling-function', message.source).id)
      case 'votes-imported': {
        const datasetId = message.datasetId ?? this.#dataset()
        for (const { name, source, definition } of message.functions) {
          const { id } = this.#bench.functions.insert(datasetId, name, definition)
          this.#bench.functions.setSource(id, labels.ensureSource(datasetId, 'labeling-function', source).id)
          this.#bench.functions.setDeleted([id], null)
        }
        return
      }
      case 'column-order':
        return columns.setOrder(message.datasetId, message.position, message.rows)
      case 'search-texts':
        return search.append(message.datasetId, message.start, message.texts)
      case 'dataset-changed':
        return this.#announce((observer) => observer.datasetsChanged([message.datasetId]))
      case 'dataset-complete':
        datasets.complete(this.#dataset())
        // In the same transaction, so that no crash leaves a data set that is never prepared; the queue takes it up when this job ends.
        if (columns.list(this.#dataset()).length > 0) jobs.insert({ kind: 'prepare-dataset', name: `Prepare ${datasets.require(this.#dataset()).name}`, input: { datasetId: this.#dataset() } })
        this.#announce((observer) => observer.datasetsChanged([this.#dataset()]))
        return
      case 'noise-begin':
        this.#checkId = noiseChecks.insert(message.check)
        // Scores of an earlier check beside these would be of other labels.
        columns.removeScores(message.check.datasetId)
        return
      case 'noise-array':
        return noiseChecks.setArray(this.#check(), message.start, message.array)
      case 'score-column':
        return columns.replaceScores(message.datasetId, message.name, message.values, message.order, message.statistics)
      case 'noise-complete':
        noiseChecks.complete(this.#check())
        this.#announce((observer) => observer.datasetsChanged([message.datasetId]))
        return
      case 'projection':
        noiseChecks.setProjection(message.datasetId, message.method, message.points)
        this.#announce((observer) => observer.datasetsChanged([message.datasetId]))
        return
      case 'version':
        this.#versionIds.set(message.version.key, versions.ensure(message.version).id)
        return
      case 'run-begin':
        return this.#beginRun(message)
      case 'metrics': {
        const stored = message.runs.map((entry) => ({ ...entry, runId: this.#run(entry.runId) }))
        for (const entry of stored) runs.appendMetrics(entry.runId, entry.series)
        this.#announce((observer) => observer.metrics(stored))
        return
      }
      case 'predictions':
        return runs.storePredictions(this.#run(message.key), message.predictions)
      case 'artifact':
        return runs.storeArtifact(this.#run(message.key), message.name, message.mediaType, message.data)
      case 'run-end':
        runs.end(this.#run(message.key), 'done', null, message.summary)
        this.#announce((observer) => observer.runsChanged([this.#run(message.key)], this.#job.experimentId))
        if (this.#job.experimentId !== null) this.#observer.runEnded(this.#job.experimentId)
        return
      case 'checkpoint':
        return jobs.saveCheckpoint(this.#job.id, message.data)
    }
  }

  #storeBlock({ start, count, path, features, columns }: Extract<DataMessage, { type: 'dataset-block' }>): void {
    const dataset = this.#dataset()
    const size = columns.reduce((sum, { bytes }) => sum + paddedBytes(bytes), paddedBytes(features.bytes))
    const { buffer, byteOffset } = this.#blocks.read(path, size)
    let at = byteOffset
    const next = (bytes: number): number => (at += paddedBytes(bytes)) - paddedBytes(bytes)
    this.#bench.datasets.grow(dataset, start + count)
    const data = next(features.bytes)
    if (features.bytes > 0) this.#bench.datasets.appendFeatures(dataset, start, count, features.dtype === 'uint8' ? new Uint8Array(buffer, data, features.bytes) : new Float32Array(buffer, data, features.bytes / 4))
    for (const { position, type, bytes } of columns) {
      const values = next(bytes)
      this.#bench.columns.append(dataset, position, start, count, type === 'number' ? { type, values: new Float64Array(buffer, values, bytes / 8) } : { type, packed: new Uint8Array(buffer, values, bytes) })
    }
  }

  #beginRun({ run, engine, codeVersion }: Extract<DataMessage, { type: 'run-begin' }>): void {
    const stored = this.#bench.runs.begin(
      { ...run, engine, codeVersion },
      {
        jobId: this.#job.id,
        experimentId: this.#job.experimentId,
        datasetVersionId: run.versionKey === undefined ? null : (this.#versionIds.get(run.versionKey) ?? null),
        parentId: run.parentKey === undefined ? null : this.#run(run.parentKey)
      }
    )
    this.#runIds.set(run.key, stored.id)
    this.#announce((observer) => observer.runsChanged([stored.id], this.#job.experimentId))
  }

  #announce(announcement: (observer: JobObserver) => void): void {
    this.#announcements.push(() => announcement(this.#observer))
  }

  #run(key: string): string {
    const id = this.#runIds.get(key)
    if (id === undefined) throw new Error(`The worker reports on a run ${key} that it has not begun.`)
    return id
  }

  #check(): string {
    if (this.#checkId === undefined) throw new Error('The worker sends parts of a check that it has not begun.')
    return this.#checkId
  }

  #dataset(): string {
    if (this.#datasetId === undefined) throw new Error('The worker sends parts of a data set that it has not begun.')
    return this.#datasetId
  }
}
