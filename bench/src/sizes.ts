import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Prints what each import adds to an app, dependencies included: `imports` is the code that the app would write. */
export async function printSizes(title: string, imports: Readonly<Record<string, string>>): Promise<void> {
  process.stdout.write(`\n${title}: bytes of an import, minified and gzipped\n`)
  const sizes = await Promise.all(
    Object.entries(imports).map(async ([name, code]) => ({ name, bytes: await sizeOf(code) })),
  )
  for (const { name, bytes } of sizes.sort((a, b) => a.bytes - b.bytes))
    process.stdout.write(`${String(bytes).padStart(12)}  ${name}\n`)
}

async function sizeOf(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}
