/** Something that stops the setup: one sentence about what happened, one about what to do. */
export class SetupError extends Error {
  constructor(message, remedy, cause) {
    super(message, cause === undefined ? undefined : { cause })
    this.remedy = remedy
  }
}

/** A full disk in place of the system's code for it; any other error as it is. */
export function diskFull(error, folder) {
  if (error?.code !== 'ENOSPC' && error?.code !== 'EDQUOT') return error
  return new SetupError(`The disk that holds ${folder} is full.`, 'Free some space, then run the same command again: it continues where it stopped.', error)
}
