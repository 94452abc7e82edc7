import { checkFunction, checkMethods, checkOneOf, checkOption, checkOptions, checkSignal } from './check-option.ts'
import type { Autosave, WriterSettings } from './message-writer.ts'
import type { SessionManagerOptions } from './session-manager.ts'
import { BUSY_POLICIES } from './turn-lock.ts'
import { LONGEST_TIMER_MS } from './wait.ts'

/** @throws TypeError or RangeError for the first option that cannot be used. */
export function checkManagerOptions(options: SessionManagerOptions): void {
  checkOptions(options)
  const { store, locks, clock, schema, migrations = [], limits, signal } = options
  const { onBusy, applyDelta, onHookError } = options
  checkMethods('store', store, ['load', 'commit', 'list', 'claimTurn', 'renewTurn', 'releaseTurn'])
  checkMethods('locks', locks, ['request'])
  checkMethods('clock', clock, ['now', 'setTimeout', 'clearTimeout'])
  checkSignal(signal)
  const isSchema = schema === undefined || typeof schema?.['~standard']?.validate === 'function'
  checkOption(isSchema, 'schema', schema, 'a Standard Schema')
  const areMigrations = Array.isArray(migrations) && migrations.every(each => typeof each === 'function')
  checkOption(areMigrations, 'migrations', migrations, 'a list of functions')
  checkFunction('limits', limits)
  if (onBusy !== undefined) checkOneOf('onBusy', onBusy, BUSY_POLICIES)
  checkFunction('applyDelta', applyDelta)
  checkFunction('onHookError', onHookError)
}

/** With the defaults of what is not given. */
export function toAutosave(autosave: Autosave | false = {}): WriterSettings['autosave'] {
  if (autosave === false) return false
  checkOption(typeof autosave === 'object' && autosave, 'autosave', autosave, 'false or an object')
  const { delayMs = 250, maxBytes = 2048 } = autosave
  const isTimer = delayMs >= 0 && delayMs <= LONGEST_TIMER_MS && typeof delayMs === 'number'
  checkOption(isTimer, 'autosave.delayMs', delayMs, `a number of milliseconds from 0 to ${LONGEST_TIMER_MS}`, 'number')
  checkOption(typeof maxBytes === 'number' && maxBytes >= 0, 'autosave.maxBytes', maxBytes, 'a number >= 0', 'number')
  return { delayMs, maxBytes }
}
