/** Says something about what the launcher does; stdout belongs to what it starts. */
export const say = (text) => void process.stderr.write(`${text}\n`)

/**
 * Runs something long while telling on stderr how long it has taken: a line that counts in a terminal, one line at the
 * start and one at the end elsewhere.
 */
export async function withElapsed(title, work) {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  const live = process.stderr.isTTY
  const show = () => void process.stderr.write(`\r${title} … ${seconds()} s`)
  if (live) show()
  else say(`${title} …`)
  const timer = live ? setInterval(show, 1000) : undefined
  try {
    return await work()
  } finally {
    clearInterval(timer)
    say(live ? '' : `${title}: ${seconds()} s`)
  }
}
