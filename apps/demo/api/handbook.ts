const HAZARDS = ['Fog', 'A lee shore', 'A following sea', 'Dragging anchor', 'A torn sail']
const STEPS = [
  'Look at the glass **before** you look at the sky.',
  'Say the number of each line as you take it in.',
  'Keep one hand for yourself and *one* for the ship.',
  'Write it into the log; what is not in the log did not happen.',
  'Try again, but wait longer each time.',
  'Ask once more under the same `key`, never under another.',
]
const CODE = [
  'for (let attempt = 1; attempt <= 4; attempt++) {\n  if (await hail(harbour)) break\n  await wait(2 ** attempt)\n}',
  'const rope = coil({ fathoms: 12 })\nif (rope.isFrayed) {\n  splice(rope)\n}\nmakeFast(rope, bollard)',
  'function reef(sail, wind) {\n  return wind > 6 ? { ...sail, area: sail.area / 2 } : sail\n}',
]

/** A page of a handbook about the last long word of the prompt, in Markdown. */
export function handbookReply(prompt: string, random: () => number): string {
  const words = prompt.match(/\p{L}[\p{L}'-]{3,29}/gu) ?? ['Weather']
  const subject = words.at(-1) ?? 'Weather'
  const draw = (from: readonly string[], count: number): string[] =>
    from
      .map(value => ({ value, rank: random() }))
      .sort((one, other) => one.rank - other.rank)
      .slice(0, count)
      .map(({ value }) => value)
  const [hazard, other] = draw(HAZARDS, 2)
  return [
    `## ${subject.charAt(0).toUpperCase()}${subject.slice(1)}`,
    `What every watch should know about **${subject.toLowerCase()}**, and what to do when it comes at night.`,
    draw(STEPS, 4)
      .map((step, index) => `${index + 1}. ${step}`)
      .join('\n'),
    'The same, for those who would rather let a machine do it:',
    `\`\`\`js\n${draw(CODE, 1)}\n\`\`\``,
    `| Hazard | Sail on? |\n| --- | --- |\n| ${hazard} | ${random() < 0.5 ? 'yes' : 'no'} |\n| ${other} | never |`,
    '> Nothing is lost that was counted.',
  ].join('\n\n')
}
