import { lexer, type Token, type Tokens } from 'marked'
import type { ComponentChildren, VNode } from 'preact'
import { withoutMarks } from '../chat/marked-text.ts'
import { CodeBlock } from './code-block.tsx'
import { marks } from './drawn-marks.tsx'

/**
 * Markdown as elements. Nothing becomes HTML by being written: what looks like it is shown as the text that it is, and
 * links go to the web or to a mailbox.
 */
export function Markdown({ text }: { text: string }): VNode {
  const tokens = lexer(text) as Tokens.Generic[]
  // The page has the first two levels, and none may be left out.
  const depths = [...new Set(tokens.flatMap(({ type, depth }) => (type === 'heading' ? [depth as number] : [])))].sort()
  return (
    <>
      {tokens.map((token, index) =>
        token.type === 'heading' ? heading(token, depths.indexOf(token.depth) + 3, index) : block(token, index),
      )}
    </>
  )
}

function heading({ tokens }: Tokens.Generic, level: number, key: number): VNode {
  const Level = `h${Math.min(6, level)}` as 'h3'
  return <Level key={key}>{inline(tokens)}</Level>
}

function block(token: Tokens.Generic, key: number): ComponentChildren {
  switch (token.type) {
    // In a quotation, where it outlines nothing.
    case 'heading':
      return (
        <p key={key}>
          <strong>{inline(token.tokens)}</strong>
        </p>
      )
    case 'paragraph':
      return <p key={key}>{inline(token.tokens)}</p>
    case 'text':
      return <span key={key}>{token.tokens ? inline(token.tokens) : marks(token.text)}</span>
    case 'code':
      return <CodeBlock key={key} text={token.text} language={withoutMarks(token.lang ?? '').split(/\s/)[0] ?? ''} />
    case 'blockquote':
      return (
        <blockquote key={key}>{token.tokens?.map((inner, index) => block(inner as Tokens.Generic, index))}</blockquote>
      )
    case 'list':
      return list(token as Tokens.List, key)
    case 'table':
      return table(token as Tokens.Table, key)
    case 'hr':
      return <hr key={key} />
    case 'space':
    case 'def':
      return null
    default:
      return <p key={key}>{marks(token.raw)}</p>
  }
}

function list({ ordered, start, items }: Tokens.List, key: number): VNode {
  const rows = items.map((item, index) => (
    <li key={String(index)}>
      {item.task && (
        <input type="checkbox" checked={item.checked} disabled aria-label={item.checked ? 'done' : 'to do'} />
      )}
      {item.tokens.map((inner, place) => block(inner as Tokens.Generic, place))}
    </li>
  ))
  return ordered ? (
    <ol key={key} start={Number(start) || 1}>
      {rows}
    </ol>
  ) : (
    <ul key={key}>{rows}</ul>
  )
}

function table({ header, rows }: Tokens.Table, key: number): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls a wide one by the arrow keys
    <section key={key} class="wide" tabIndex={0} aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={String(index)} scope="col">
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <tr key={String(place)}>
              {row.map((cell, index) => (
                <td key={String(index)}>{inline(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function inline(tokens: readonly Token[] | undefined): ComponentChildren {
  return tokens?.map((token, index) => phrase(token as Tokens.Generic, index))
}

function phrase(token: Tokens.Generic, key: number): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong key={key}>{inline(token.tokens)}</strong>
    case 'em':
      return <em key={key}>{inline(token.tokens)}</em>
    case 'del':
      return <del key={key}>{inline(token.tokens)}</del>
    case 'codespan':
      return <code key={key}>{marks(token.text)}</code>
    case 'br':
      return <br key={key} />
    case 'link':
      return link(token as Tokens.Link, key)
    case 'text':
    case 'escape':
      return token.tokens ? inline(token.tokens) : marks(token.text)
    // A picture would be fetched from wherever the text says.
    default:
      return marks(token.raw)
  }
}

function link({ href, tokens }: Tokens.Link, key: number): ComponentChildren {
  const target = withoutMarks(href)
  if (!/^(https?:|mailto:)/i.test(target)) return <span key={key}>{inline(tokens)}</span>
  return (
    <a key={key} href={target} target="_blank" rel="noreferrer noopener nofollow">
      {inline(tokens)}
    </a>
  )
}
