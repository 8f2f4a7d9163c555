/** The window's own address: a scheme of its own instead of `file:`, so that it has an origin and a path leads nowhere else. */
export const appScheme = 'app'
export const appHost = 'weakbench'
export const windowUrl = `${appScheme}://${appHost}/index.html`

/** True for an address of the window itself. */
export function isOwnUrl(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === `${appScheme}:` && new URL(url).host === appHost
}
