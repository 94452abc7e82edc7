import { checkCallable, checkOptions } from './check-option.ts'
import { testChanges } from './conformance-changes.ts'
import { testCommit } from './conformance-commit.ts'
import { testList } from './conformance-list.ts'
import { testTurns } from './conformance-turns.ts'
import type { SessionStore } from './session-store.ts'

/** The functions of a test runner that the suite needs: vitest, jest, mocha and `node:test` have them. */
export interface TestRunner {
  describe(name: string, fn: () => void): unknown
  it(name: string, fn: () => Promise<void>): unknown
}

/**
 * What every store must do, as tests: the contract that a manager relies on.
 * `factory` returns a store with nothing in it each time; the suite closes it.
 */
export function testSessionStore(factory: () => SessionStore | Promise<SessionStore>, runner: TestRunner): void {
  checkOptions(runner)
  const { describe, it } = runner
  checkCallable('factory', factory)
  checkCallable('describe', describe)
  checkCallable('it', it)
  const fact = (name: string, run: (store: SessionStore) => Promise<void>): unknown =>
    it(name, async () => {
      const store = await factory()
      try {
        await run(store)
      } finally {
        await store.close?.()
      }
    })
  describe('commit', () => testCommit(fact))
  describe('changes', () => testChanges(fact))
  describe('list', () => testList(fact))
  describe('turns', () => testTurns(fact))
}
