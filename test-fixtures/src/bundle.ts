import { build } from 'esbuild'

/** A module for a browser, made of the text of its source, whose imports are relative to `folder` and reach the packages' sources. */
export async function bundle(source: string, folder: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@x/source'],
  })
  return outputFiles[0]?.text ?? ''
}
