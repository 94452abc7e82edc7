/** For promises whose failure is told elsewhere. */
export function ignore(): void {}
