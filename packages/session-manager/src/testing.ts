export { type TestRunner, testSessionStore } from './store-conformance.ts'
