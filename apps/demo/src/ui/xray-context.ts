import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Xray } from '../xray/xray.ts'

export const XrayContext = createContext<Xray | undefined>(undefined)

/** What the lanes are about. */
export function useXray(): Xray {
  const xray = useContext(XrayContext)
  if (!xray) throw new Error('there is no XrayContext above this component')
  return xray
}
