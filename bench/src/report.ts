import type { Result } from './compare.ts'

export interface Target {
  readonly what: string
  readonly holds: boolean
}

/** Prints one table: the contenders by ratio, then what was asked of ours and whether it holds. */
export function report(title: string, results: readonly Result[], targets: readonly Target[]): void {
  const lines = [`\n${title}`, `${'x baseline'.padStart(12)}${'spread'.padStart(9)}${'ns'.padStart(11)}  name`]
  for (const { name, ratio, spread, nsPerOperation } of [...results].sort((a, b) => a.ratio - b.ratio))
    lines.push(
      `${ratio.toFixed(2).padStart(12)}${`${(spread * 100).toFixed(0)} %`.padStart(9)}${nsPerOperation.toFixed(0).padStart(11)}  ${name}`,
    )
  process.stdout.write(`${lines.join('\n')}\n`)
  printTargets(targets)
}

export function printTargets(targets: readonly Target[]): void {
  for (const { what, holds } of targets) process.stdout.write(`${holds ? '  reached ' : '  MISSED  '}${what}\n`)
}

/** The targets that compare ours with the others: `ours` is a name in `results`. */
export function ratioOf(results: readonly Result[], name: string): number {
  const found = results.find(result => result.name === name)
  if (!found) throw new Error(`no result named ${name}`)
  return found.ratio
}

export function fasterThanAll(results: readonly Result[], ours: string, baseline: string): boolean {
  return results.every(({ name, ratio }) => name === ours || name === baseline || ratio > ratioOf(results, ours))
}
