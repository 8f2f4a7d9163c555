import { mountWindow } from './window.ts'
import { createClient, defaultTransport } from './client.ts'

mountWindow(createClient(defaultTransport()), '#app')
