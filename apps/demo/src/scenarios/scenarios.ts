import type { Stage } from '../lab/stage.ts'
import type { Tab } from '../lab/tab.ts'
import type { Scenario } from './scenario.ts'

/** Well before the end also where the machine is slow: a reply of 120 words takes 1.5 s at least. */
const MID_REPLY_MS = 450

export const scenarios: readonly Scenario[] = [
  {
    name: 'double-send',
    title: 'Double send',
    look: 'Six messages leave in three quick pairs: see whether each is kept and answered, in order.',
    why: {
      old: 'Each save writes the whole chat as it was when the send began, so the second one of a pair wipes out the first.',
      ours: 'Each message is a commit of its own, put on top of the last; replies take turns.',
    },
    async play(stage) {
      const tab = await open(stage, 'chat')
      stage.tell('two sends at once, three times')
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
    why: {
      old: 'A word that comes goes into whichever chat is in front.',
      ours: 'A reply belongs to the chat it was asked in, wherever the visitor is.',
    },
    async play(stage) {
      const tab = await open(stage, 'harbour')
      stage.tell('a reply is being written in the harbour chat')
      stage.send(tab, 'harbour', 'count to 150')
      await stage.pause(MID_REPLY_MS)
      stage.tell('the visitor has gone to the lighthouse chat')
      await tab.do('create', 'lighthouse')
      stage.send(tab, 'lighthouse', 'count to 5')
    },
  },
  {
    name: 'rename-delete',
    title: 'Rename and delete during a save',
    look: 'One chat is renamed and one deleted while their replies are being saved: see whether the save undoes it.',
    why: {
      old: 'The late save writes the chat back as it remembers it: old name, and not deleted.',
      ours: 'A commit holds what changed, not the chat; and one to a deleted chat is refused.',
    },
    async play(stage) {
      const tab = await open(stage, 'keep')
      stage.tell('a reply is being written')
      stage.send(tab, 'keep', 'count to 120')
      await stage.pause(MID_REPLY_MS)
      stage.tell('renamed in mid-reply')
      await stage.rename(tab, 'keep', 'A name I chose')
      await stage.idle()
      await tab.do('create', 'throw away')
      stage.send(tab, 'throw away', 'count to 120')
      await stage.pause(MID_REPLY_MS)
      stage.tell('deleted in mid-reply')
      await stage.remove(tab, 'throw away')
    },
  },
  {
    name: 'two-tabs',
    title: 'One chat in two tabs',
    look: 'Two tabs write to the same chat at the same time: see whether one of them wipes out what the other wrote.',
    why: {
      old: 'Each tab writes back the whole chat as it knows it; what the other one wrote since is gone.',
      ours: 'A commit that comes second is put on top of the first, and one lock over all tabs hands out the turn.',
    },
    async play(stage) {
      const left = await open(stage, 'chat')
      const right = stage.tab()
      await right.do('show', 'chat')
      stage.tell('two tabs send to one chat')
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
    why: {
      old: 'The stream that broke off is the end of it: what had come was never saved, or is half of it.',
      ours: 'The reply is asked for again under the same key, behind the last word that came.',
    },
    async play(stage) {
      const tab = await open(stage, 'chat')
      stage.tell('a reply is being written')
      stage.send(tab, 'chat', 'count to 150')
      await stage.pause(MID_REPLY_MS)
      stage.tell('the plug is pulled')
      await tab.do('plug', true)
      await stage.pause(1500)
      stage.tell('the network is back')
      await tab.do('plug', false)
    },
  },
  {
    name: 'bad-line',
    title: 'A bad line',
    look: 'Streams are torn, cut off and fall silent, at random: see whether every word of the replies comes through.',
    why: {
      old: 'A torn piece is left out, and a stream that was cut counts as the end.',
      ours: 'What cannot be read, breaks off or falls silent is asked for again, from the last good word on.',
    },
    async play(stage) {
      const tab = await open(stage, 'chat')
      stage.tell('pieces are torn, streams are cut off')
      await stage.weather({ garbled: 0.5, dropped: 0.3, stalled: 0.1 })
      for (let n = 1; n <= 5; n++) {
        stage.send(tab, 'chat', `count to ${n + 20}`)
        await stage.idle()
        await stage.pause(150)
        await stage.idle()
      }
    },
  },
  {
    name: 'storm',
    title: 'A storm of 429s',
    look: 'For four seconds the server refuses everybody and says how long to wait: see who listens, and who gives up.',
    why: {
      old: 'Three tries in two seconds, whatever the server said, and then nobody asks again.',
      ours: 'It waits as long as the server asks for, then is served.',
    },
    async play(stage) {
      const tab = await open(stage, 'chat')
      stage.tell('the server refuses everybody: wait two seconds')
      await stage.weather({ rateLimited: 1, retryAfterSeconds: 2 })
      for (let n = 1; n <= 3; n++) {
        stage.send(tab, 'chat', `count to ${n + 4}`)
        await stage.pause(40)
      }
      await stage.pause(4000)
      stage.tell('the server has time again')
      await stage.weather({ rateLimited: 0 })
    },
  },
  {
    name: 'outage',
    title: 'An outage until the breaker opens',
    look: 'The server is down for five seconds: see how often it is asked meanwhile, and who still has an answer after.',
    why: {
      old: 'Every reply asks by itself, four times at short notice, and gives up before the server is back.',
      ours: 'After five failures the breaker asks for all of them, one probe at a time, until the server is back.',
    },
    async play(stage) {
      const tab = stage.tab()
      stage.tell('the server is down')
      await stage.weather({ unavailable: 1 })
      for (let n = 1; n <= 6; n++) {
        await tab.do('create', `chat ${n}`)
        stage.send(tab, `chat ${n}`, `count to ${n + 4}`)
        await stage.pause(80)
      }
      await stage.pause(5000)
      stage.tell('the server is back')
      await stage.weather({ unavailable: 0 })
    },
  },
  {
    name: 'full-disk',
    title: 'A full disk',
    look: 'The disk takes nothing for two seconds while messages are sent: see whether they are there once it has room.',
    why: {
      old: 'A save that fails says so to nobody, and is not tried again.',
      ours: 'What could not be saved is kept, shown as not saved, and stored when there is room.',
    },
    async play(stage) {
      const tab = await open(stage, 'chat')
      stage.tell('the disk is full')
      await tab.do('fillDisk', true)
      for (let n = 1; n <= 3; n++) {
        stage.send(tab, 'chat', `count to ${n + 4}`)
        await stage.pause(100)
      }
      await stage.pause(2000)
      stage.tell('the disk has room again')
      await tab.do('fillDisk', false)
      stage.send(tab, 'chat', 'count to 8')
    },
  },
  {
    name: 'crash',
    title: 'A crashed tab',
    look: 'The tab is killed in mid-reply and another one opens: see what is left of the reply, and whether it is finished.',
    why: {
      old: 'Saving waits until nothing has changed for two seconds, so the words since then die with the tab.',
      ours: 'Words are journaled as they come; the next tab takes the turn over and has the reply finished.',
    },
    async play(stage) {
      const tab = await open(stage, 'chat')
      stage.tell('a reply is being written')
      stage.send(tab, 'chat', 'count to 180')
      await stage.pause(900)
      stage.tell('the tab is dead, another one opens')
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
    why: {
      old: 'The reply under way writes on into whichever chat is in front, which is now the fork.',
      ours: 'The fork has its own copy; the reply goes on in the chat it was asked in.',
    },
    async play(stage) {
      const tab = await open(stage, 'trunk')
      stage.tell('a first reply, whole')
      const first = stage.send(tab, 'trunk', 'count to 5')
      await stage.idle()
      await stage.pause(300)
      await stage.idle()
      stage.tell('a second reply is being written')
      stage.send(tab, 'trunk', 'count to 120')
      await stage.pause(MID_REPLY_MS)
      stage.tell('forked in mid-reply')
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
