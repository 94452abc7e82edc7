/**
 * A grammar: a phrase names others in braces, one of which is drawn. `{subject}` is what the visitor wrote about.
 */
const GRAMMAR: Record<string, readonly string[]> = {
  story: ['{opening} {trouble}\n\n{turn} {ending}', '{opening} {turn}\n\n{trouble} {turn} {ending}'],
  opening: [
    '{when} a {keeper} kept {subject} in a {place} above the harbour, and told nobody but the {animal}.',
    '{when} {subject} first came ashore, they say, in a {vessel} with no name and no captain.',
    'The {keeper} of the {place} wrote every evening about {subject}, one line for each wave that reached the wall.',
    '{when} the whole town spoke of {subject}, and only the {keeper} went down to the water to look.',
  ],
  trouble: [
    'Then the {weather} came, and it took the road, the bridge and the last {thing}.',
    'But a {weather} stood on the horizon for three days, and each night one {thing} went missing.',
    'Nobody had counted on the {weather}, least of all the {animal}, who had never lost a {thing} before.',
    'In the middle of a sentence the {weather} tore the page away and carried it out past the lighthouse.',
  ],
  turn: [
    'The {keeper} lit a lamp, numbered what was left, and found that {finding}.',
    'So they tied a rope to the {vessel} and called each word by its number, until {finding}.',
    'Twice the line broke, and twice the {animal} swam out and brought back the end of it.',
    'What had been said once was not said again; what had been cut short went on from the very word.',
    'At low tide a child with a {thing} walked along the wall and counted aloud: {finding}.',
  ],
  ending: [
    'When the sky cleared, {subject} was still there, dry, whole and a little taller than before.',
    'Since then there is a {thing} in every window, and the {weather} only ever knocks.',
    'And that is why {subject} has its place in the log, between two numbers that follow each other.',
    'The {animal} has slept through every {weather} since.',
  ],
  finding: [
    'not one was gone',
    'the sea had given everything back in order',
    'each was where it belonged',
    'the last one was the first to answer',
  ],
  when: [
    'In the year of the long fog,',
    'On the first cold night of autumn,',
    'Before the new lighthouse,',
    'One spring,',
  ],
  keeper: ['lamplighter', 'harbour clerk', 'retired cartographer', 'ferrywoman', 'clockmaker'],
  place: ['tower', 'boathouse', 'narrow kitchen', 'signal room', 'library'],
  vessel: ['dinghy', 'paper boat', 'mail steamer', 'barge', 'hollow cello'],
  animal: ['grey cat', 'heron', 'old seal', 'one-eyed gull', 'otter'],
  weather: ['gale', 'hailstorm', 'squall', 'spring tide', 'thunderhead'],
  thing: ['lantern', 'ledger', 'brass key', 'bell', 'spoon'],
}

/** A story of three to five sentences about the last long word of the prompt. */
export function storyReply(prompt: string, random: () => number): string {
  const subject = subjectOf(prompt)
  const expand = (phrase: string): string =>
    phrase.replace(/\{(\w+)\}/g, (_, name: string) => {
      if (name === 'subject') return subject
      const choices = GRAMMAR[name] ?? []
      return expand(choices[Math.floor(random() * choices.length)] ?? '')
    })
  return sentenceCase(expand('{story}'))
}

function subjectOf(prompt: string): string {
  const words = prompt.match(/\p{L}[\p{L}'-]{3,29}/gu) ?? []
  return words.length === 0 ? 'a small silence' : `the ${words[words.length - 1]?.toLowerCase()}`
}

function sentenceCase(text: string): string {
  return text.replace(/(^|[.!?]\s+)(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())
}
