import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { channels } from '../shared/contract/channels.ts'
import type { EventMessage, Reply, Transport } from '../shared/contract/transport.ts'

/** The bridge: three fixed channels, and where a dropped file is; nothing else of Electron reaches the window. */
const transport: Transport = {
  invoke: (callId, procedure, input) => ipcRenderer.invoke(channels.call, callId, procedure, input) as Promise<Reply>,
  cancel: (callId) => ipcRenderer.send(channels.cancel, callId),
  subscribe(listener) {
    const forward = (_event: unknown, events: readonly EventMessage[]) => events.forEach((event) => listener(event))
    ipcRenderer.on(channels.events, forward)
    return () => void ipcRenderer.off(channels.events, forward)
  }
}

contextBridge.exposeInMainWorld('weakbench', { ...transport, pathOfFile: (file: Parameters<typeof webUtils.getPathForFile>[0]) => webUtils.getPathForFile(file) })
