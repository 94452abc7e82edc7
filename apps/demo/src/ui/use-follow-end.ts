import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

const NEAR = 24
const ROOM_BELOW = 0.4

/**
 * Keeps what grows in view, until the reader scrolls up: the words that are being written, with room for what waits
 * below them, or else the end. Tells whether the reader is away from it, and the way back.
 */
export function useFollowEnd(list: RefObject<HTMLElement | null>): { isAway: boolean; comeBack(): void } {
  const following = useRef(true)
  const place = useRef(0)
  const [isAway, setAway] = useState(false)
  const follow = (): void => {
    const element = list.current
    if (!element || !following.current) return
    element.scrollTop = placeToShow(element)
    place.current = element.scrollTop
  }
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const onScroll = (): void => {
      const top = element.scrollTop
      if (top > endOf(element) - NEAR || top >= place.current) following.current = true
      else if (top < place.current - 1) following.current = false
      setAway(!following.current)
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [list])
  useLayoutEffect(follow)
  return {
    isAway,
    comeBack() {
      following.current = true
      follow()
      setAway(false)
    },
  }
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
