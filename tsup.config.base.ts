import type { Options } from 'tsup'

/** JavaScript only: `tsc` writes the declarations (see docs/decisions/001-build.md). */
export const base: Options = {
  format: 'esm',
  target: 'es2022',
  dts: false,
  sourcemap: true,
  clean: true,
}
