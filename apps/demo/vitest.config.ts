import { project } from '../../vitest.project.ts'

export default project('demo', {
  include: ['api/**/*.test.ts', 'server/**/*.test.ts', 'src/**/*.test.ts', 'test/**/*.test.ts'],
  // The browser tests wait most of the time, so they run side by side also where there are few cores.
  maxWorkers: 3,
  testTimeout: 120_000,
})
