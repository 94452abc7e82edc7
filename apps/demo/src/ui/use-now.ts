import { useEffect, useState } from 'preact/hooks'

/** `performance.now()`, drawn anew ten times a second while `running`, rarely for those who want less motion. */
export function useNow(running: boolean): number {
  const [, redraw] = useState(0)
  useEffect(() => {
    if (!running) return
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    const timer = setInterval(() => redraw(count => count + 1), calm ? 1000 : 100)
    return () => clearInterval(timer)
  }, [running])
  return performance.now()
}
