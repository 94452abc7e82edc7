import { type Plugin, transformWithOxc } from 'vite'
import { type Example, findExamples } from './find-examples.ts'

const VIRTUAL = 'virtual:examples'

/**
 * Runs the documentation: a test file that imports `virtual:examples` gets one
 * test per `ts` block of the package's README and per `@example` of its doc
 * comments. In an example,
 *
 * - `expression // => value` asserts that the (awaited) expression equals the value;
 * - `const name = expression // => value` asserts the same of the name;
 * - `expression // throws Name` asserts that it rejects or throws an error of that name;
 * - a block fenced as `ts no-run` is shown and not run.
 */
export function examples(): Plugin {
  let root = process.cwd()
  return {
    name: 'examples',
    configResolved(config) {
      root = config.root
    },
    resolveId(id) {
      return id === VIRTUAL ? `\0${VIRTUAL}.ts` : undefined
    },
    async load(id) {
      if (id !== `\0${VIRTUAL}.ts`) return undefined
      return { code: await examplesModule(root, `import { expect as __expect, test } from 'vitest'`), map: null }
    },
  }
}

/** JavaScript that runs the examples of a package; `imports` gives it `test` and `__expect`. */
export async function examplesModule(root: string, imports: string): Promise<string> {
  const found = findExamples(root).filter(({ runs }) => runs)
  return (await transformWithOxc(toTestModule(found, imports), 'examples.ts')).code
}

function toTestModule(found: readonly Example[], imports: string): string {
  const tests = found.map(({ title, code }) => {
    const lines = code.replace(IMPORT, toDynamicImport).split('\n').map(toAssertion).join('\n')
    return `test(${JSON.stringify(title)}, async () => {\n${lines}\n})\n`
  })
  return [
    imports,
    `async function __throws(run, name) {
  let error
  try { await run() } catch (thrown) { error = thrown }
  __expect(error?.name).toBe(name)
}`,
    ...tests,
  ].join('\n')
}

const IMPORT = /^import (?:(type) )?(?:\{([^}]*)\}|\* as (\w+)|(\w+)) from (['"][^'"]+['"]);?[ \t]*$/gm

/** Examples share one module, and each may import the same name from elsewhere: so each imports for itself. */
function toDynamicImport(
  _: string,
  type?: string,
  names?: string,
  all?: string,
  byDefault?: string,
  from?: string,
): string {
  if (type) return ''
  const values = (names ?? '').split(',').filter(name => name.trim() && !/^\s*type\s/.test(name))
  const pattern = all ?? (byDefault ? `{ default: ${byDefault} }` : `{${values.join(',').replace(/ as /g, ': ')}}`)
  return `const ${pattern} = await import(${from})`
}

function toAssertion(line: string): string {
  const equals = /^(\s*)(.+?);?\s*\/\/ => (.+)$/.exec(line)
  if (equals) {
    const [, indent = '', code = '', value = ''] = equals
    const declared = /^(?:const|let) (\w+)(?::[^=]+)? = /.exec(code)
    if (declared) return `${line}\n${indent}__expect(${declared[1]}).toEqual(${value})`
    return `${indent}__expect(await (${code})).toEqual(${value})`
  }
  const throws = /^(\s*)(.+?);?\s*\/\/ throws (\w+)/.exec(line)
  if (throws) return `${throws[1]}await __throws(async () => { ${throws[2]} }, ${JSON.stringify(throws[3])})`
  return line
}
