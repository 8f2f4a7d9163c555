import { registerHooks } from 'node:module'

/**
 * Registers the gradients that tfjs-core itself has. The bundle Node loads lacks them, and the modules that hold them
 * import each other without file extensions, which Node resolves with this hook alone. They share their registry with
 * the bundle through the global object.
 */
export async function registerStockGradients(): Promise<void> {
  const isCore = (url: string | undefined): boolean => url?.includes('/@tensorflow/tfjs-core/dist/') === true
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(isCore(context.parentURL) && specifier.startsWith('.') && !specifier.endsWith('.js') ? `${specifier}.js` : specifier, context),
    load: (url, context, next) => next(url, isCore(url) && !url.endsWith('.node.js') ? { ...context, format: 'module' } : context)
  })
  const modules = '@tensorflow/tfjs-core/dist/register_all_gradients.js'
  await import(modules)
  hooks.deregister()
}
