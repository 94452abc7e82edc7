import { marked } from 'marked'
import { describe, expect, it } from 'vitest'
import { growingMarkdown } from './growing-markdown.ts'
import { withoutMarks } from './marked-text.ts'

const TEXT = `# Knots

A **bowline** holds, a *slip knot* \`gives\`, see [the book](https://example.com/knots).

- first turn
- second turn
1. then
2. pull

~~~js
const knot = tie(rope, \`\${ends}\`)
~~~

| knot | holds |
| --- | --- |
| reef | no |

> Done.
`

/** The kinds of the blocks, as they are shown of the first `length` characters. */
function blocks(text: string): string[] {
  return marked.lexer(withoutMarks(growingMarkdown(text))).flatMap(({ type }) => (type === 'space' ? [] : [type]))
}

describe('growingMarkdown', () => {
  it('never shows a block as something that it turns out not to be', () => {
    const final = blocks(TEXT)
    for (let length = 1; length <= TEXT.length; length++) {
      const shown = blocks(TEXT.slice(0, length))
      // Of a table nobody knows before its second line; until then it is a paragraph.
      const known = shown.map((type, index) => (type === 'paragraph' && final[index] === 'table' ? 'table' : type))

      expect([length, known]).toEqual([length, final.slice(0, known.length)])
    }
  })

  it('shows no half of an emphasis, a code span or a link', () => {
    const [paragraph] = TEXT.split('\n').slice(2)
    for (let length = 1; length <= (paragraph?.length ?? 0); length++) {
      const html = marked.parse(withoutMarks(growingMarkdown(paragraph?.slice(0, length) ?? '')), { async: false })

      expect(html.replace(/<[^>]*>/g, '')).not.toMatch(/[*`]|\[[^\]]*$/)
    }
  })
})
