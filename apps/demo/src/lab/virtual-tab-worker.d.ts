/** Where the scenarios' worker is: see `shared-worker-chunks.ts`. */
declare module 'virtual:tab-worker' {
  export const tabWorker: string
}
