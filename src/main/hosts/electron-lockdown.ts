import type { App, Session, WebContents } from 'electron'
import { appHost, appScheme, isOwnUrl } from './electron-origin.ts'

/** Switches of the browser engine that must be set before Electron is ready: no name resolves, no service of it calls home. */
export function lockDownEngine(app: App): void {
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
  app.commandLine.appendSwitch('disable-background-networking')
  app.commandLine.appendSwitch('disable-component-update')
  app.commandLine.appendSwitch('disable-domain-reliability')
  app.commandLine.appendSwitch('no-pings')
  app.enableSandbox()
  app.on('web-contents-created', (_event, contents) => lockDownContents(contents))
}

/**
 * Blocks every request that would leave the window, and denies every permission. The one exception writes to the clipboard what
 * the person copies (`clipboard-sanitized-write`); reading it stays denied.
 */
export function lockDownSession(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, callback) => callback({ cancel: !isInternal(url) }))
  session.setPermissionRequestHandler((contents, permission, callback) => callback(mayCopy(permission, contents.getURL())))
  session.setPermissionCheckHandler((contents, permission) => mayCopy(permission, contents?.getURL() ?? ''))
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false)
}

/** Keeps web contents on the window's own page: no navigation, no new windows, no webviews, no peer connections. */
function lockDownContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
}

const mayCopy = (permission: string, url: string): boolean => permission === 'clipboard-sanitized-write' && isOwnUrl(url)

/** Addresses that never leave the process: the window's own, the blobs it makes itself, and the developer tools. */
function isInternal(url: string): boolean {
  return isOwnUrl(url) || url.startsWith('devtools://') || url.startsWith(`blob:${appScheme}://${appHost}/`)
}
