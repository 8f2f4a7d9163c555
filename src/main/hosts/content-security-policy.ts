/**
 * The content security policy of the window, the same in every host: everything is refused that is not listed.
 *
 * - script, style, font 'self': the built window; no inline code, no eval, no WebAssembly (the window never computes).
 * - img 'self' and blob: icons of the build; example images and chart exports, which the window makes itself.
 * - connect 'self' and the contract's socket where there is one: a browser need not count ws: as 'self'.
 *
 * @param socketOrigin `ws://127.0.0.1:4747` in the Node host; null in Electron, which has no socket.
 */
export function contentSecurityPolicy(socketOrigin: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "font-src 'self'",
    `connect-src 'self'${socketOrigin ? ` ${socketOrigin}` : ''}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join('; ')
}

/** Headers of every answer that carries a part of the window, in every host. */
export function securityHeaders(socketOrigin: string | null): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(socketOrigin),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin'
  }
}
