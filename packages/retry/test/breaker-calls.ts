import type { CircuitBreaker } from '../src/index.ts'

/** Makes calls through the breaker that fail. */
export async function fail(breaker: CircuitBreaker, times: number, error: unknown = new Error('down')): Promise<void> {
  for (let i = 0; i < times; i++) await breaker.execute(() => Promise.reject(error)).catch(() => {})
}

/** Makes calls through the breaker that succeed. */
export async function succeed(breaker: CircuitBreaker, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await breaker.execute(async () => 'fine')
}
