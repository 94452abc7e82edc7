export const name: string = 'retry'
