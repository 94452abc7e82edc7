export type { Fault, FaultReply, FaultShares } from './fault.ts'
export { type FaultServer, type FaultServerOptions, faultServer, type ReceivedRequest } from './fault-server.ts'
export { type FaultOptions, type Handler, withFaults } from './with-faults.ts'
