import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@x/session-manager'
import { sqliteStore } from '@x/session-manager/sqlite'
import { findChromium } from 'test-fixtures/chromium'
import { printTargets } from './report.ts'
import { type SessionFigures, sessionFigures } from './session-figures.ts'
import { measureInChromium } from './session-page.ts'

const FRAME_MS = 16

/** What an append costs in short and long sessions, and how soon long ones and long lists are there. */
export async function session(): Promise<void> {
  print('memory', await sessionFigures(memoryStore()))
  const folder = mkdtempSync(join(tmpdir(), 'bench-session-'))
  try {
    print('sqlite', await sessionFigures(sqliteStore({ path: join(folder, 'bench.sqlite') })))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (findChromium()) print('IndexedDB in Chromium', await measureInChromium())
  else process.stdout.write('\nsession: IndexedDB is left out, since no Chromium was found\n')
}

function print(store: string, { appends, switchMs, listMs }: SessionFigures): void {
  const lines = [`\nsession: ${store}`, `${'messages'.padStart(12)}${'x baseline'.padStart(12)}${'ms'.padStart(9)}`]
  for (const { messages, ratio, ms } of appends) {
    lines.push(`${String(messages).padStart(12)}${ratio.toFixed(2).padStart(12)}${ms.toFixed(3).padStart(9)}`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
  const worst = Math.max(...appends.map(({ ratio }) => ratio))
  printTargets([
    { what: `a stored append costs the same at any length, within 20 %: ${worst.toFixed(2)} x`, holds: worst <= 1.2 },
    {
      what: `a session of 10,000 messages is shown in a frame: ${switchMs.toFixed(2)} ms`,
      holds: switchMs <= FRAME_MS,
    },
    { what: `a list of 10,000 sessions is shown in a frame: ${listMs.toFixed(2)} ms`, holds: listMs <= FRAME_MS },
  ])
}
