import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export interface Example {
  readonly title: string
  readonly code: string
  /** False for a block that is shown and not run: fenced as `ts no-run`. */
  readonly runs: boolean
}

/** The `ts` blocks of a package's README, and the `@example`s of its doc comments. */
export function findExamples(root: string): Example[] {
  return [...readmeExamples(root), ...docExamples(root)]
}

function readmeExamples(root: string): Example[] {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  let heading = ''
  let count = 0
  const found: Example[] = []
  for (const match of text.matchAll(/^#+ (.+)$|^```ts( no-run)?[ \t]*\n([\s\S]*?)^```/gm)) {
    if (match[1] !== undefined) {
      heading = match[1]
      count = 0
    } else {
      count++
      const title = `README: ${heading}${count > 1 ? ` (${count})` : ''}`
      found.push({ title, code: match[3] ?? '', runs: match[2] === undefined })
    }
  }
  return found
}

function docExamples(root: string): Example[] {
  const found: Example[] = []
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter(name => /\.tsx?$/.test(name) && !/\.test(-d)?\.tsx?$/.test(name)).sort()) {
    const path = join(root, 'src', file)
    for (const comment of readFileSync(path, 'utf8').matchAll(/\/\*\*[\s\S]*?\*\//g)) {
      const text = comment[0].replace(/^[ \t]*\* ?/gm, '')
      for (const match of text.matchAll(/@example([^\n]*)\n+```ts[ \t]*\n([\s\S]*?)^```/gm)) {
        const title = match[1]?.trim() || 'example'
        found.push({ title: `${relative(root, path)}: ${title}`, code: match[2] ?? '', runs: true })
      }
    }
  }
  return found
}
