import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname

/**
 * One build for the three hosts: `main` holds every process entry (Electron, Node server, command line,
 * worker), `preload` the bridge (CommonJS, because a sandboxed preload cannot be a module), `renderer` the window.
 */
export default defineConfig({
  main: {
    build: {
      target: 'node22',
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: resolve(root, 'src/main/index.ts'),
          serve: resolve(root, 'src/main/serve.ts'),
          cli: resolve(root, 'src/main/cli.ts'),
          worker: resolve(root, 'src/main/worker.ts'),
          thread: resolve(root, 'src/main/compute/wasm/threads/thread.ts'),
          'block-thread': resolve(root, 'src/main/jobs/block-thread.ts')
        },
        output: { format: 'es' }
      }
    }
  },
  preload: {
    build: {
      rolldownOptions: {
        input: { index: resolve(root, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: resolve(root, 'src/renderer'),
    build: {
      // Inlined assets would need `data:` in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: resolve(root, 'src/renderer/index.html') }
    },
    plugins: [vue()]
  }
})
