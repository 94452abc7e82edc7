export { createFetch } from './create-fetch.ts'
export type { ServerSentEvent } from './event-parser.ts'
export { type FetchEventsOptions, fetchEvents } from './fetch-events.ts'
export { type FetchResumableOptions, fetchResumable } from './fetch-resumable.ts'
export { type FetchWithRetryConfig, fetchWithRetry } from './fetch-with-retry.ts'
export { fetchWithTimeout } from './fetch-with-timeout.ts'
export { HttpError, isHttpError } from './http-error.ts'
export type {
  CreateFetchOptions,
  FetchBody,
  FetchInput,
  FetchRetryOptions,
  RetryFetch,
  RetryRequestInit,
} from './options.ts'
export { isResumeError, ResumeError } from './resume-error.ts'
