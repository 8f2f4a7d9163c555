import { protocol, type Session } from 'electron'
import { securityHeaders } from './content-security-policy.ts'
import { appScheme, isOwnUrl } from './electron-origin.ts'
import { readWindowFile } from './window-files.ts'

/** Declares the `app:` scheme; must happen before Electron is ready. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
}

/** Answers `app://weakbench/...` with the built window; everything else under the scheme is 404. */
export function serveAppScheme(session: Session, folder: string): void {
  session.protocol.handle(appScheme, async ({ url, method }) => {
    const headers = securityHeaders(null)
    if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405, headers })
    const file = isOwnUrl(url) ? await readWindowFile(folder, new URL(url).pathname) : null
    return file ? new Response(file.body, { headers: { ...headers, ...file.headers } }) : new Response(null, { status: 404, headers })
  })
}
