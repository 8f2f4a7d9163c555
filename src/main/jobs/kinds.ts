import type { JobContext } from './job-context.ts'

type JobWork = (context: JobContext) => Promise<unknown>

/**
 * What a worker can do, by the kind named in the job's row. The result is handed to whoever waits for the job. Each is loaded when
 * it is asked for: an import needs no engine, a training no reader of files, and a worker that loads less starts sooner.
 */
export const jobKinds: Readonly<Record<string, () => Promise<JobWork>>> = {
  'apply-functions': async () => (await import('./apply-functions.ts')).applyFunctions,
  'check-bench': async () => (await import('./check-bench.ts')).checkBench,
  'export-file': async () => (await import('./export-file.ts')).exportFile,
  'export-votes': async () => (await import('./export-votes.ts')).exportVotes,
  'find-duplicates': async () => (await import('./find-duplicates.ts')).findDuplicates,
  'import-file': async () => (await import('./import-file.ts')).importFile,
  'import-sample': async () => (await import('./import-sample.ts')).importSample,
  'label-with-run': async () => (await import('./label-with-run.ts')).labelWithRun,
  'import-votes': async () => (await import('./import-votes.ts')).importVotes,
  'label-model': async () => (await import('./label-model-job.ts')).labelModelJob,
  'inject-noise': async () => (await import('./noise-jobs.ts')).injectNoise,
  'merge-corrections': async () => (await import('./noise-jobs.ts')).mergeCorrections,
  'noise-check': async () => (await import('./noise-jobs.ts')).noiseCheck,
  'prepare-dataset': async () => (await import('./prepare-dataset.ts')).prepareDataset,
  'project-examples': async () => (await import('./project-examples.ts')).projectExamples,
  'train-seed': async () => (await import('./train-seed.ts')).trainSeed,
  'weak-to-strong-seed': async () => (await import('./weak-to-strong-seed.ts')).weakToStrongSeed
}
