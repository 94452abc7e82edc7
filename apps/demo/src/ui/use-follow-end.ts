import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

const NEAR = 80

/** Keeps the end of a growing list in view, unless the reader has scrolled away from it. */
export function useFollowEnd(list: RefObject<HTMLElement | null>): void {
  const following = useRef(true)
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const onScroll = (): void => {
      following.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [list])
  useLayoutEffect(() => {
    if (following.current && list.current) list.current.scrollTop = list.current.scrollHeight
  })
}
