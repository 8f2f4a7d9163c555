import { strings } from './strings.ts'

/** The parts of a schema's issue that its words are made of. */
interface Issue {
  readonly type: string
  readonly requirement?: unknown
  readonly message: string
}

/** A schema issue in the words of a form; messages that the contract words itself are kept. */
export function explainIssue({ type, requirement, message }: Issue): string {
  if (type === 'integer') return strings.form.whole
  if (typeof requirement !== 'number') return message
  const say = { min_value: strings.form.least, max_value: strings.form.most, min_length: strings.form.fewest, max_length: strings.form.longest }
  return type in say ? say[type as keyof typeof say](requirement) : message
}
