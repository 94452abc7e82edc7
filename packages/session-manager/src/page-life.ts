/** What may happen to a page besides being closed. */
export interface PageLife {
  /** It may be frozen or killed without another word. */
  onHide(): void
  /** Its timers stand still from now on; some of its events still come. */
  onFreeze(): void
  /** It is back, and may have missed something. */
  onShow(): void
}

/** Watches the page, at no cost to the back-forward cache, and returns the undo. Outside of pages nothing happens. */
export function watchPageLife(life: PageLife): () => void {
  if (!('document' in globalThis)) return () => {}
  const [onHide, onFreeze, onShow] = [() => life.onHide(), () => life.onFreeze(), () => life.onShow()]
  const onVisibility = (): void => (document.visibilityState === 'hidden' ? onHide() : onShow())
  const listeners = [
    [document, 'visibilitychange', onVisibility],
    [document, 'freeze', onFreeze],
    [document, 'resume', onShow],
    [window, 'pagehide', onHide],
    [window, 'pageshow', onShow],
  ] as const
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener)
  return () => {
    for (const [target, type, listener] of listeners) target.removeEventListener(type, listener)
  }
}
