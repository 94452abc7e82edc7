import { fileURLToPath } from 'node:url'
import { defineProject, type UserWorkspaceConfig } from 'vitest/config'
import { examples } from './scripts/examples.ts'

const root = fileURLToPath(new URL('.', import.meta.url))

/**
 * The vitest project of one package. Imports of `@x/...` resolve to sources,
 * so a test never sees a stale `dist`; the examples of the README and of the
 * doc comments run as tests wherever a test imports `virtual:examples`.
 */
export function project(name: string, overrides: UserWorkspaceConfig['test'] = {}): UserWorkspaceConfig {
  return defineProject({
    plugins: [examples()],
    resolve: { conditions: ['@x/source'] },
    ssr: { resolve: { conditions: ['@x/source'], externalConditions: ['@x/source'] } },
    test: {
      name,
      include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
      setupFiles: [`${root}vitest.setup.ts`],
      // Bounds of what hangs, not of what is slow: a browser takes its time where much else runs.
      testTimeout: process.env.SEARCH ? 600_000 : 60_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 10_000 } },
      ...overrides,
    },
  })
}
