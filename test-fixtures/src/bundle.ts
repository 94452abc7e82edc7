import { build, buildSync } from 'esbuild'

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

/** The module `path` and all that it imports of ours as one file for Node: starting it costs a fifth of what its sources cost. */
export function bundleForNode(path: string, outfile: string): void {
  buildSync({
    entryPoints: [path],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    conditions: ['@x/source'],
  })
}
