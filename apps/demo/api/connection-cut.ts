/** The connection broke: whoever answers ends it without a word, and whoever asked sees a network error. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut'
  /** As Node names it. */
  readonly code = 'ECONNRESET'

  constructor() {
    super('the connection was cut')
  }
}
