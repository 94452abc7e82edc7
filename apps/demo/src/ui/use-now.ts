import { useEffect, useState } from 'preact/hooks'

/** `performance.now()`, ten times a second while `running`, rarely for those who want less motion. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    if (!running) return setNow(performance.now())
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    const timer = setInterval(() => setNow(performance.now()), calm ? 1000 : 100)
    return () => clearInterval(timer)
  }, [running])
  return now
}
