export const name: string = 'fetch-retry'
