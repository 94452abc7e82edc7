import { project } from '../../vitest.project.ts'

export default project('demo', {
  include: ['api/**/*.test.ts', 'server/**/*.test.ts', 'src/**/*.test.ts', 'test/**/*.test.ts'],
  // The browser tests wait often enough to run side by side also where there are few cores.
  maxWorkers: 2,
  testTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
})
