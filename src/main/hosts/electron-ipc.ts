import { type BrowserWindow, ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron'
import { channels } from '../../shared/contract/channels.ts'
import { BenchError, type EventMessage, type Reply } from '../../shared/contract/index.ts'
import type { CarriesContract, ContractHost } from './contract-host.ts'
import { isOwnUrl } from './electron-origin.ts'
import { OpenCalls } from './open-calls.ts'

type Call = (event: IpcMainInvokeEvent, callId: unknown, procedure: unknown, input: unknown) => Promise<Reply>
const carriesContract: CarriesContract<Parameters<Call>[2], EventMessage> = true
void carriesContract

/** Serves the contract to one window over IPC. Frames other than the window's own page get `foreign-sender`. */
export function serveWindow(window: BrowserWindow, host: ContractHost): void {
  const { webContents } = window
  const calls = new OpenCalls()
  const clientId = `window-${webContents.id}`

  const call: Call = async (event, callId, procedure, input) => {
    if (!isOwnFrame(event, webContents)) return foreignSender
    if (!isId(callId)) return badId
    return (await calls.run(callId, (signal) => host.dispatch(procedure, input, { signal, clientId }))) ?? badId
  }
  const cancel = (event: IpcMainEvent, callId: unknown) => {
    if (isOwnFrame(event, webContents) && isId(callId)) calls.cancel(callId)
  }
  ipcMain.handle(channels.call, call)
  ipcMain.on(channels.cancel, cancel)

  const unsubscribe = host.events.subscribe((events) => {
    if (!webContents.isDestroyed()) webContents.send(channels.events, events)
  })
  // A page that is gone does not wait for answers; its successor starts counting calls anew.
  webContents.on('did-start-navigation', (details) => {
    if (details.isMainFrame && !details.isSameDocument) calls.cancelAll()
  })
  webContents.on('render-process-gone', () => calls.cancelAll())
  window.on('closed', () => {
    unsubscribe()
    calls.cancelAll()
    ipcMain.removeHandler(channels.call)
    ipcMain.off(channels.cancel, cancel)
  })
}

function isOwnFrame({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent, own: WebContents): boolean {
  return sender === own && senderFrame !== null && senderFrame.parent === null && isOwnUrl(senderFrame.url)
}

const isId = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const refuse = (error: BenchError): Reply => ({ ok: false, error: error.payload })
const foreignSender = refuse(new BenchError('foreign-sender', 'The bench answers its own window only.', { hint: 'Use the window of Weakbench.' }))
const badId = refuse(new BenchError('invalid-input', 'A call needs an id of its own.', { field: 'callId', hint: 'Reload the window.' }))
