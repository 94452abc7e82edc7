import { defineConfig } from 'tsup'
import { base } from '../../tsup.config.base.ts'

// Deno knows `node:http` and no `http`; treeshake puts the imports of `@x/retry` together.
export default defineConfig({
  ...base,
  removeNodeProtocol: false,
  treeshake: true,
  entry: ['src/index.ts', 'src/node.ts', 'src/testing.ts'],
})
