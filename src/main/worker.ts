import { openWorkerChannel } from './jobs/worker-channel.ts'
import { serveJob } from './jobs/worker-runtime.ts'

serveJob(openWorkerChannel(), (code) => process.exit(code))
