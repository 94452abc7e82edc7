import { Observable } from './chat/observable.ts'

const THEME = 'squall.theme'
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** How the page looks: as the system, or as the visitor wants it. All tabs look alike, and keep to it. */
export class ThemeControl {
  readonly theme = new Observable<Theme>('system')
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
    this.#read()
    addEventListener('storage', ({ key }) => {
      if (key === THEME || key === null) this.#read()
    })
  }

  choose(theme: Theme): void {
    if (theme === 'system') this.#storage.removeItem(THEME)
    else this.#storage.setItem(THEME, theme)
    this.#read()
  }

  #read(): void {
    const theme = themes.find(name => name === this.#storage.getItem(THEME)) ?? 'system'
    this.theme.set(theme)
    // Every colour is a `light-dark()`, which goes by this alone.
    document.documentElement.style.colorScheme = theme === 'system' ? '' : theme
  }
}
