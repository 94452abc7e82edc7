import { project } from '../../vitest.project.ts'

export default project('demo', {
  include: ['server/**/*.test.ts', 'src/**/*.test.ts', 'test/**/*.test.ts'],
})
