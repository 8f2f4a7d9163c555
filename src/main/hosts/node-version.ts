/** The oldest Node that the bench's native modules run on (better-sqlite3 13 crashes below it). */
export const oldestNode = 22

/** What to tell a person whose Node is too old, or null when it is not. */
export function nodeComplaint(version: string): string | null {
  const major = Number.parseInt(version, 10)
  if (major >= oldestNode) return null
  return `Weakbench cannot run on Node ${version}: it needs ${oldestNode} or later. Start it with npm (npm start, npm run demo), which brings its own, or install a newer Node from https://nodejs.org.`
}

// Importing this module is the check; entry points of the Node host import it before anything else.
const complaint = nodeComplaint(process.versions.node)
if (complaint !== null) {
  console.error(complaint)
  process.exit(1)
}
