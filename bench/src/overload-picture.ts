import { CAPACITY, OVERLOAD } from './overload-scenarios.ts'
import type { OverloadSummary } from './overload-summary.ts'

type Panel = Pick<OverloadSummary, 'calls' | 'servedShare' | 'recoveryMs'>

export interface PictureRow {
  readonly name: string
  /** One a column. */
  readonly panels: readonly Panel[]
}

const COLUMNS = ['20 processes', '1,000 processes']
const PANEL = { width: 384, load: 46, gap: 3, served: 18 }
const LEFT = 24
const TOP = 146
const COLUMN_PITCH = PANEL.width + 28
const ROW_PITCH = PANEL.load + PANEL.gap + PANEL.served + 36
const WIDTH = LEFT * 2 + COLUMN_PITCH + PANEL.width

/** The seconds shown, and the most calls in one that fit. */
const FROM = OVERLOAD.fromMs / 1000 - 5
const TO = OVERLOAD.toMs / 1000 + 62
const MOST_CALLS = 720

/** Light and dark by the reader's own setting; it brings its ground along, so that it can be read on any page. */
const STYLE = `
svg { --ground: #fff; --line: #d8dee4; --text: #1f2328; --soft: #656d76; --trouble: #f3f4f6; --load: #d9480f; --served: #0f766e }
@media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --line: #30363d; --text: #e6edf3; --soft: #9198a1; --trouble: #1c2129; --load: #ff9d5c; --served: #3fd0bd } }
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--text) }
.title { font-size: 17px; font-weight: 600 }
.name { font-weight: 600 }
.head { fill: var(--soft); font-weight: 600 }
.soft { fill: var(--soft); font-size: 11px }
.end { text-anchor: end }
.good { fill: var(--served); font-size: 12px; font-weight: 600 }
.bad { fill: var(--load); font-size: 12px; font-weight: 600 }
.ground { fill: var(--ground) }
.trouble { fill: var(--trouble) }
.load { fill: var(--load); fill-opacity: .6 }
.served { fill: var(--served); fill-opacity: .8 }
.axis { stroke: var(--line); fill: none }
.capacity { stroke: var(--soft); stroke-dasharray: 2 2; fill: none }
`

/** One row a policy: the calls that reach the server, and below them the share of the requests that are served. */
export function drawOverload(rows: readonly PictureRow[]): string {
  const height = TOP + rows.length * ROW_PITCH + 20
  const body = rows.flatMap(({ name, panels }, row) =>
    panels.map((panel, column) =>
      group(LEFT + column * COLUMN_PITCH, TOP + row * ROW_PITCH, [
        column === 0 ? `<text class="name">${name}</text>` : '',
        verdict(panel),
        group(0, 8, drawPanel(panel)),
      ]),
    ),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    '<title>Calls to a server and requests served, during and after ten seconds of too little capacity</title>',
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="8"/>`,
    ...header(),
    ...body,
    ...timeAxis(TOP + rows.length * ROW_PITCH - 8),
    '</svg>\n',
  ].join('\n')
}

function header(): string[] {
  return [
    `<text class="title" x="${LEFT}" y="34">A server is too slow for ten seconds. Who lets it come back?</text>`,
    text(
      54,
      `${OVERLOAD.perSecond} requests a second at a server that can do ${CAPACITY}, in the shaded time ${OVERLOAD.capacity}.`,
    ),
    text(69, 'Clients give up an attempt after a second; the server works on. Mean of five seeds.'),
    group(LEFT, 83, [
      '<rect class="load" width="10" height="10"/>',
      '<text class="soft" x="16" y="9">calls that reach the server</text>',
      '<path class="capacity" d="M180 5h22"/>',
      '<text class="soft" x="208" y="9">calls it can do</text>',
      '<rect class="served" x="310" width="10" height="10"/>',
      '<text class="soft" x="326" y="9">share of the requests that are served, by when they began</text>',
    ]),
    ...COLUMNS.map((name, i) => `<text class="head" x="${LEFT + i * COLUMN_PITCH}" y="${TOP - 24}">${name}</text>`),
  ]
}

function text(y: number, content: string): string {
  return `<text class="soft" x="${LEFT}" y="${y}">${content}</text>`
}

function drawPanel({ calls, servedShare }: Panel): string[] {
  const { width, load, gap, served } = PANEL
  const troubleFrom = x(OVERLOAD.fromMs / 1000)
  const troubleTo = x(OVERLOAD.toMs / 1000)
  return [
    `<rect class="trouble" x="${troubleFrom}" width="${troubleTo - troubleFrom}" height="${load + gap + served}"/>`,
    `<path class="load" d="${area(calls, load, count => count / MOST_CALLS)}"/>`,
    `<path class="capacity" d="M0 ${loadY(CAPACITY)}H${troubleFrom}V${loadY(OVERLOAD.capacity)}H${troubleTo}V${loadY(CAPACITY)}H${width}"/>`,
    `<path class="axis" d="M0 ${load}H${width}"/>`,
    group(0, load + gap, [
      `<path class="served" d="${area(servedShare, served, share => share)}"/>`,
      `<path class="axis" d="M0 ${served}H${width}"/>`,
    ]),
  ]
}

function verdict({ calls, recoveryMs }: Panel): string {
  const isGood = recoveryMs !== Number.POSITIVE_INFINITY
  const peak = `up to ${Math.round(Math.max(...calls.slice(FROM, TO))).toLocaleString('en')} calls/s`
  const end = isGood ? `back after ${Math.round(recoveryMs / 1000)} s` : 'not back'
  return `<text class="soft end" x="${PANEL.width}">${peak}<tspan class="${isGood ? 'good' : 'bad'}" dx="8">${end}</tspan></text>`
}

/** It counts from the moment when the server is itself again. */
function timeAxis(y: number): string[] {
  const ticks = [-10, 0, 10, 20, 30, 40, 50, 60]
  return COLUMNS.flatMap((_, column) =>
    ticks.map(second => {
      const at = LEFT + column * COLUMN_PITCH + x(OVERLOAD.toMs / 1000 + second)
      return `<text class="soft" text-anchor="middle" x="${short(at)}" y="${y}">${String(second).replace('-', '−')} s</text>`
    }),
  )
}

/** A closed shape of one step a second; `part` is the height of a value from 0 to 1, more is cut off. */
function area(values: readonly number[], height: number, part: (value: number) => number): string {
  const step = PANEL.width / (TO - FROM)
  const steps = values.slice(FROM, TO).map(value => Math.round((1 - Math.min(1, part(value))) * height * 2) / 2)
  let path = `M0 ${height}`
  steps.forEach((y, i) => {
    if (y !== steps[i - 1]) path += `V${y}`
    if (y !== steps[i + 1]) path += `H${short((i + 1) * step)}`
  })
  return `${path}V${height}Z`
}

function x(second: number): number {
  return short(((second - FROM) / (TO - FROM)) * PANEL.width)
}

function loadY(calls: number): number {
  return short((1 - calls / MOST_CALLS) * PANEL.load)
}

function short(value: number): number {
  return Math.round(value * 10) / 10
}

function group(x: number, y: number, children: readonly string[]): string {
  return `<g transform="translate(${x} ${y})">${children.join('')}</g>`
}
