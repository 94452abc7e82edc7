import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Squall } from '../squall.ts'

export const SquallContext = createContext<Squall | undefined>(undefined)

export function useSquall(): Squall {
  const squall = useContext(SquallContext)
  if (!squall) throw new Error('there is no SquallContext above this component')
  return squall
}
