import { project } from '../../vitest.project.ts'

// The searches that kill processes and browsers wait for them most of the time, so two files run side by side also on two cores.
export default project('session-manager', process.env.SEARCH ? { maxWorkers: 2 } : {})
