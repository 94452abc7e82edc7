/** The examples of the README and the doc comments, as tests: see `examples.ts`. */
declare module 'virtual:examples' {}
