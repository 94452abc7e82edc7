import type { Stage } from '../lab/stage.ts'
import type { Tab } from '../lab/tab.ts'
import type { Scenario } from './scenario.ts'

const MID_REPLY_MS = 450

export const scenarios: readonly Scenario[] = [
  {
    name: 'double-send',
    title: 'Double send',
    look: 'Six messages leave in three quick pairs: see whether each is kept and answered, in order.',
    async play(stage) {
      const tab = await open(stage, 'chat')
      for (let pair = 1; pair <= 3; pair++) {
        stage.send(tab, 'chat', `count to ${pair + 3}`)
        stage.send(tab, 'chat', `count to ${pair + 6}`)
        await stage.pause(60)
      }
    },
  },
  {
    name: 'switch',
    title: 'Switch in mid-reply',
    look: 'The visitor goes to another chat while a reply is being written: see in which chat the rest of it lands.',
    async play(stage) {
      const tab = await open(stage, 'harbour')
      stage.send(tab, 'harbour', 'count to 60')
      await stage.pause(MID_REPLY_MS)
      await tab.do('create', 'lighthouse')
      stage.send(tab, 'lighthouse', 'count to 5')
    },
  },
  {
    name: 'rename-delete',
    title: 'Rename and delete during a save',
    look: 'One chat is renamed and one deleted while their replies are being saved: see whether the save undoes it.',
    async play(stage) {
      const tab = await open(stage, 'keep')
      stage.send(tab, 'keep', 'count to 40')
      await stage.pause(MID_REPLY_MS)
      await stage.rename(tab, 'keep', 'A name I chose')
      await stage.idle()
      await tab.do('create', 'throw away')
      stage.send(tab, 'throw away', 'count to 40')
      await stage.pause(MID_REPLY_MS)
      await stage.remove(tab, 'throw away')
    },
  },
  {
    name: 'two-tabs',
    title: 'One chat in two tabs',
    look: 'Two tabs write to the same chat at the same time: see whether one of them wipes out what the other wrote.',
    async play(stage) {
      const left = await open(stage, 'chat')
      const right = stage.tab()
      await right.do('show', 'chat')
      for (let n = 1; n <= 3; n++) {
        stage.send(left, 'chat', `count to ${n + 2}`)
        stage.send(right, 'chat', `count to ${n + 5}`)
        await stage.pause(150)
      }
    },
  },
  {
    name: 'plug',
    title: 'Pull the plug and resume',
    look: 'The network goes away in mid-reply and comes back: see whether the reply goes on at the very word.',
    async play(stage) {
      const tab = await open(stage, 'chat')
      stage.send(tab, 'chat', 'count to 60')
      await stage.pause(MID_REPLY_MS)
      await tab.do('plug', true)
      await stage.pause(1500)
      await tab.do('plug', false)
    },
  },
  {
    name: 'storm',
    title: 'A storm of 429s',
    look: 'For four seconds the server refuses everybody and says how long to wait: see who listens, and who gives up.',
    async play(stage) {
      const tab = await open(stage, 'chat')
      await stage.weather({ rateLimited: 1, retryAfterSeconds: 2 })
      for (let n = 1; n <= 3; n++) {
        stage.send(tab, 'chat', `count to ${n + 4}`)
        await stage.pause(40)
      }
      await stage.pause(4000)
      await stage.weather({ rateLimited: 0 })
    },
  },
  {
    name: 'outage',
    title: 'An outage until the breaker opens',
    look: 'The server is down for five seconds: see how often it is asked meanwhile, and who still has an answer after.',
    async play(stage) {
      const tab = stage.tab()
      await stage.weather({ unavailable: 1 })
      for (let n = 1; n <= 6; n++) {
        await tab.do('create', `chat ${n}`)
        stage.send(tab, `chat ${n}`, `count to ${n + 4}`)
        await stage.pause(80)
      }
      await stage.pause(5000)
      await stage.weather({ unavailable: 0 })
    },
  },
  {
    name: 'full-disk',
    title: 'A full disk',
    look: 'The disk takes nothing for two seconds while messages are sent: see whether they are there once it has room.',
    async play(stage) {
      const tab = await open(stage, 'chat')
      await tab.do('fillDisk', true)
      for (let n = 1; n <= 3; n++) {
        stage.send(tab, 'chat', `count to ${n + 4}`)
        await stage.pause(100)
      }
      await stage.pause(2000)
      await tab.do('fillDisk', false)
      stage.send(tab, 'chat', 'count to 8')
    },
  },
  {
    name: 'crash',
    title: 'A crashed tab',
    look: 'The tab is killed in mid-reply and another one opens: see what is left of the reply, and whether it is finished.',
    async play(stage) {
      const tab = await open(stage, 'chat')
      stage.send(tab, 'chat', 'count to 90')
      await stage.pause(900)
      stage.kill(tab)
      const next = stage.tab()
      await next.do('show', 'chat')
      await stage.pause(3000)
    },
  },
  {
    name: 'fork',
    title: 'Fork',
    look: 'A chat is forked while a reply is being written in it: see whether the two keep apart.',
    async play(stage) {
      const tab = await open(stage, 'trunk')
      const first = stage.send(tab, 'trunk', 'count to 5')
      await stage.idle()
      await stage.pause(300)
      await stage.idle()
      stage.send(tab, 'trunk', 'count to 50')
      await stage.pause(MID_REPLY_MS)
      const branch = await stage.fork(tab, 'trunk', first)
      stage.send(tab, branch, 'count to 6')
    },
  },
]

async function open(stage: Stage, chat: string): Promise<Tab> {
  const tab = stage.tab()
  await tab.do('create', chat)
  return tab
}
