/**
 * Calls `onHide` whenever this page may be frozen or killed without another
 * word, and `onShow` when it is back and may have missed something. Neither
 * costs the back-forward cache. Outside of pages nothing happens.
 */
export function watchPageLife(onHide: () => void, onShow: () => void): () => void {
  if (!('document' in globalThis)) return () => {}
  const onVisibility = (): void => (document.visibilityState === 'hidden' ? onHide() : onShow())
  const listeners = [
    [document, 'visibilitychange', onVisibility],
    [document, 'freeze', onHide],
    [document, 'resume', onShow],
    [window, 'pagehide', onHide],
    [window, 'pageshow', onShow],
  ] as const
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener)
  return () => {
    for (const [target, type, listener] of listeners) target.removeEventListener(type, listener)
  }
}
