import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { CheckIcon, CopyIcon } from './icons.tsx'

const SHOWN_MS = 1600

/** Copies a text, and says that it did. */
export function CopyButton({ label, text }: { label: string; text(): string }): VNode {
  const [outcome, setOutcome] = useState<'copied' | 'not copied'>()
  useEffect(() => {
    const timer = outcome && setTimeout(() => setOutcome(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  return (
    <button
      type="button"
      class="text-button copy"
      aria-label={label}
      onClick={async () => setOutcome((await copied(text())) ? 'copied' : 'not copied')}
    >
      {outcome === 'copied' ? <CheckIcon /> : <CopyIcon />}
      <span role="status">{outcome ?? 'Copy'}</span>
    </button>
  )
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Refused, or a plain-http origin, which has no clipboard.
    return false
  }
}
