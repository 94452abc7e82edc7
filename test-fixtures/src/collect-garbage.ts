import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')

/** Collects garbage now, without a flag on the command line. */
export const collectGarbage: () => void = runInNewContext('gc')
