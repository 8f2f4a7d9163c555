/** The only channels between a window and main in Electron; preload and main take their names from here. */
export const channels = {
  /** invoke(callId, procedure, input) -> Reply */
  call: 'weakbench:call',
  /** send(callId) */
  cancel: 'weakbench:cancel',
  /** main sends readonly EventMessage[] */
  events: 'weakbench:events'
} as const
