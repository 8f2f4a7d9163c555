import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'

/** Classes of the spam sample, in the order of their positions. */
export const spamClasses = ['ham', 'spam'] as const
const [ham, spam] = [0, 1]

/** Rows of the spam sample that the rules were tuned on: the first of `stream(0, 'spam-dev').permutation(rows)`. */
export const spamDevelopmentRows = 600

const keywords = (words: readonly string[], label: number, columns = ['subject', 'body']): LabelingFunctionDefinition => ({
  kind: 'keywords',
  columns,
  words: [...words],
  all: false,
  caseSensitive: false,
  wholeWords: true,
  label
})
const pattern = (column: string, expression: string, label: number, flags = 'i'): LabelingFunctionDefinition => ({ kind: 'pattern', columns: [column], pattern: expression, flags, label })

/**
 * Rules for the shipped spam sample (columns `subject` and `body`), written the way people write them, looking at its
 * development rows alone. Several say nearly the same: `free offer`, `call to action`, `dollar amounts`, `get rich`, `loans` and `pitch` meet in
 * the same mails, and so do the signs of a discussion list: what a label model for dependent functions must see through.
 */
export const spamRules: readonly { readonly name: string; readonly definition: LabelingFunctionDefinition }[] = [
  { name: 'free offer', definition: pattern('body', String.raw`\b(?:absolutely|totally|100%|risk|for)[ -]free\b|\bfree (?:quote|trial|report|information|consultation|membership|sample|gift|offer)|\b(?:no|without) (?:obligation|cost)`, spam) },
  { name: 'call to action', definition: keywords(['click here', 'click below', 'order now', 'act now', 'call now', 'visit our', 'apply now', 'limited time'], spam) },
  { name: 'dollar amounts', definition: pattern('body', String.raw`\$\s?\d{1,3}(,\d{3})+|\$\s?\d+(?:\.\d\d)?\s*(?:off|per|a (?:day|week|month)|each|value|!)|\$\s?\d+\.\d\d`, spam) },
  { name: 'get rich', definition: keywords(['make money', 'extra money', 'money back', 'cash', 'income', 'earn', 'millions', 'profits', 'investment', 'investors', 'financial freedom'], spam) },
  { name: 'loans', definition: keywords(['mortgage', 'loan', 'loans', 'credit', 'debt', 'refinance', 'interest rates', 'insurance'], spam) },
  { name: 'percent off', definition: pattern('body', String.raw`\b(?:save|up to|only|over|100)\b.{0,20}\d{1,3}\s?%|\d{2,3}% (?:off|free|guarantee)`, spam) },
  { name: 'removal notice', definition: keywords(['to be removed', 'be removed from', 'removal instructions', 'opt out', 'opted in', 'future mailings', 'this is not spam'], spam) },
  { name: 'pitch', definition: keywords(['guaranteed', 'guarantee', 'amazing', 'lowest', 'best price', 'special offer', 'your home', 'your business', 'viagra', 'weight'], spam) },
  { name: 'shouting subject', definition: pattern('subject', String.raw`[A-Z]{4,}\s+[A-Z]{2,}|[A-Z]{2,}\s+[A-Z]{4,}|!!|!\s{2,}\S+$|\${2,}|^ADV`, spam, '') },
  { name: 'form letter', definition: keywords(['dear friend', 'dear sir', 'dear sir/madam', 'dear homeowner', 'confidential', 'assistance', 'as seen on', 'this email was sent'], spam) },
  { name: 'reply', definition: pattern('subject', String.raw`^\s*(?:re|fwd?)\s*:`, ham) },
  { name: 'quoted mail', definition: pattern('body', String.raw`\bwrote\s*:|\bwrites\s*:|^\s*on .{5,60} wrote|>\s\S+.*>\s`, ham) },
  { name: 'mailing list', definition: keywords(['list maintainer', 'irish linux users', 'razor-users', 'spamassassin', 'ilug', 'rpm-list', 'zzzzteana'], ham) },
  { name: 'technical words', definition: keywords(['linux', 'perl', 'kernel', 'server', 'code', 'python', 'patch', 'bug', 'debian', 'redhat', 'java', 'gpg', 'install'], ham) },
  { name: 'speaks of oneself', definition: keywords(["i'm", "i've", "i'd", 'i think', 'i guess', "i don't"], ham, ['body']) },
  { name: 'news feed', definition: { kind: 'expression', expression: "contains(body, 'Date: ') and contains(body, 'URL') and length(body) < 400 and not contains(body, 'click')", label: ham } }
]
