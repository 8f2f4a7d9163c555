import { createPinia } from 'pinia'
import { createApp, type App } from 'vue'
import AppWindow from './AppWindow.vue'
import { provideClient, type Client } from './connection.ts'
import { useNotices } from './stores/notices.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/floating.css'

/** Mounts the window over a client. Failures inside components become notices instead of a blank window. */
export function mountWindow(client: Client, target: string): App {
  provideClient(client)
  const app = createApp(AppWindow)
  app.use(createPinia())
  app.config.errorHandler = (error) => useNotices().report(error)
  window.addEventListener('unhandledrejection', (event) => useNotices().report(event.reason))
  app.mount(target)
  return app
}
