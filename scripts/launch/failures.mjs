/** Arguments that make no sense; the launcher answers with the sentence and exit code 2. */
export class UsageError extends Error {}

/** Something that the person has to put right; the message says what happened and what to do. */
export class LaunchError extends Error {}
