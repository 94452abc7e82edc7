export const name: string = 'indexeddb'
