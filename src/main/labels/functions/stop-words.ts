/** English words that say how a sentence is built rather than what it is about; other languages are told by how common a word is. */
const englishStopWords: ReadonlySet<string> = new Set(
  (
    'a about after again all also am an and any are as at be because been before being both but by can could did do does doing down during each few for from further get got had has have having he her here hers ' +
    'herself him himself his how if in into is it its itself just like may me might more most much must my myself no nor not now of off on once one only or other our ours ourselves out over own per same she should so some ' +
    "such than that the their theirs them themselves then there these they this those through to too under until up us very was we were what when where which while who whom why will with would you your yours yourself " +
    "yourselves aren't can't couldn't didn't doesn't don't hadn't hasn't haven't he'd he'll he's i'd i'll i'm i've isn't it's let's she's shouldn't that's there's they'd they'll they're they've wasn't we'd we'll we're we've " +
    "weren't what's won't wouldn't you'd you'll you're you've"
  ).split(' ')
)

/** Numbers and single letters. */
const fragment = /^(?:\p{N}+|[a-z]|_+)$/u

/** Whether an n-gram has a word that can be telling: neither a stop word nor a number, a single letter or a rule of underscores. */
export const hasContent = (gram: string): boolean => gram.split(' ').some((word) => !englishStopWords.has(word) && !fragment.test(word))
