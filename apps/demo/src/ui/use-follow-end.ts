import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

const NEAR = 80
const ROOM_BELOW = 0.4

/**
 * Keeps what grows in view, unless the reader has scrolled away from it: the words that are being written, with room for
 * what waits below them, or else the end.
 */
export function useFollowEnd(list: RefObject<HTMLElement | null>): void {
  const following = useRef(true)
  const place = useRef(0)
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const onScroll = (): void => {
      following.current =
        element.scrollTop > endOf(element) - NEAR || Math.abs(element.scrollTop - place.current) < NEAR
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [list])
  useLayoutEffect(() => {
    const element = list.current
    if (!element || !following.current) return
    element.scrollTop = placeToShow(element)
    place.current = element.scrollTop
  })
}

function placeToShow(element: HTMLElement): number {
  const caret = element.querySelector('.caret')?.getBoundingClientRect()
  if (!caret) return endOf(element)
  const caretTop = caret.bottom - element.getBoundingClientRect().top + element.scrollTop
  return Math.min(endOf(element), caretTop - element.clientHeight * (1 - ROOM_BELOW))
}

function endOf(element: HTMLElement): number {
  return element.scrollHeight - element.clientHeight
}
