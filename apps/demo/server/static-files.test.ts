import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { staticFiles } from './static-files.ts'
import { TestServer } from './test-server.ts'

let folder: string
let server: TestServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-'))
  await mkdir(join(folder, 'dist/assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await mkdir(join(folder, 'dist-other'))
  await writeFile(join(folder, 'dist-other/secret.txt'), 'secret')
  await writeFile(join(folder, 'dist/index.html'), '<p>page</p>')
  await writeFile(join(folder, 'dist/assets/a.js'), 'let a')
  server = await TestServer.start(staticFiles(join(folder, 'dist')))
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** A GET with the path as it is: `fetch` would tidy it up. */
function get(path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request(server.url, { path }, async response => {
      let body = ''
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode, body })
    })
      .on('error', reject)
      .end()
  })
}

describe('staticFiles', () => {
  it('serves the page at / and the assets below it', async () => {
    expect(await get('/')).toEqual({ status: 200, body: '<p>page</p>' })
    expect(await get('/assets/a.js')).toEqual({ status: 200, body: 'let a' })
  })

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..%2fdist-other/secret.txt',
    '/a%00.js',
    '/%zz',
    '/assets',
    '/nothing',
  ])('gives nothing away for %s', async path => {
    const { status, body } = await get(path)

    expect([400, 404]).toContain(status)
    expect(body).not.toBe('secret')
  })
})
