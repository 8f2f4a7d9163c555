import { runChild, childEnvironment } from './launch/child.mjs'
import { ensureInstalled } from './launch/install.mjs'
import { pinnedNode, sourceFile } from './launch/places.mjs'

/**
 * `npm run setup:tensorflow`, under whatever Node the person has: the work itself runs in the pinned Node, for which the
 * binding is then proved, with the proxy of the environment in force for its downloads and pip's certificates trusted.
 *
 * @returns the exit code
 */
export async function setupTensorflow(args) {
  await ensureInstalled()
  const { PIP_CERT, NODE_EXTRA_CA_CERTS = PIP_CERT } = process.env
  const env = childEnvironment({ NODE_USE_ENV_PROXY: '1', ...(NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS } : {}) })
  return runChild(pinnedNode(), [sourceFile('scripts/tensorflow/main.mjs'), ...args], { env })
}
