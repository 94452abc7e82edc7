export const name: string = 'session-manager'
