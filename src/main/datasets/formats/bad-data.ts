import { BenchError } from '../../../shared/contract/errors.ts'

/** What a `bad-data` error may say beside its sentence. */
export interface BadDataDetails {
  /** The part of the file at fault: `header`, `row 12`, `column image`. */
  readonly field?: string
  readonly hint?: string
  readonly cause?: unknown
}

/** A `bad-data` error about one file: `name: sentence.` with a hint what to do. */
export function badData(name: string, sentence: string, { field, hint, cause }: BadDataDetails = {}): BenchError {
  const extra = {
    hint: hint ?? 'The file may be damaged or cut short; get or save it again.',
    ...(field === undefined ? {} : { field }),
    ...(cause === undefined ? {} : { details: cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause) })
  }
  return new BenchError('bad-data', `${name}: ${sentence}`, extra, cause)
}

/** Runs a step of a library; whatever it throws becomes `bad-data` with the given sentence (a BenchError passes as it is). */
export async function asBadData<Result>(name: string, sentence: string, step: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof BenchError) throw error
    throw badData(name, sentence, { cause: error })
  }
}

/** @throws BenchError `cancelled` when the signal is aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new BenchError('cancelled', 'Reading was cancelled.')
}
