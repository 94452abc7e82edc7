export {
  type Fault,
  type FaultReply,
  type FaultServer,
  type FaultServerOptions,
  faultServer,
  type ReceivedRequest,
} from './fault-server.ts'
