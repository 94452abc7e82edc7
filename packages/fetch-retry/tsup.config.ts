import { defineConfig } from 'tsup'
import { base } from '../../tsup.config.base.ts'

// Deno knows `node:http` and no `http`.
export default defineConfig({ ...base, removeNodeProtocol: false, entry: ['src/index.ts', 'src/testing.ts'] })
