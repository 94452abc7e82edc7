/** What may happen to a page besides being closed. */
export interface PageLife {
  /** It may be frozen or killed without another word. */
  onHide(): void
  /** Its timers stand still from now on; some of its events still come. */
  onFreeze(): void
  /** It is back, and may have missed something. */
  onShow(): void
}

const TYPES = ['visibilitychange', 'freeze', 'resume', 'pagehide', 'pageshow']

/** Watches the page, at no cost to the back-forward cache, and returns the undo. Outside of pages nothing happens. */
export function watchPageLife(life: PageLife): () => void {
  if (!('document' in globalThis)) return () => {}
  const onEvent = ({ type }: Event): void => {
    if (type === 'freeze') life.onFreeze()
    else if (type === 'pagehide' || (type === 'visibilitychange' && isHidden())) life.onHide()
    else life.onShow()
  }
  // Those of the document too: each passes the window first.
  for (const type of TYPES) window.addEventListener(type, onEvent, true)
  return () => {
    for (const type of TYPES) window.removeEventListener(type, onEvent, true)
  }
}

/** A hidden page may be frozen or killed without another word. */
export function isHidden(): boolean {
  return 'document' in globalThis && document.visibilityState === 'hidden'
}
