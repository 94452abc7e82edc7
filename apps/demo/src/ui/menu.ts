const GAP = 4

/** Puts a menu below its button, or above where there is no room, and goes into it. */
export function placeMenu(button: HTMLElement | null, menu: HTMLElement | null): void {
  if (!button || !menu) return
  const { left, bottom, top } = button.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = menu
  menu.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`
  menu.style.top = `${Math.max(GAP, bottom + height + GAP > innerHeight ? top - height - GAP : bottom + GAP)}px`
  menu.querySelector('button')?.focus()
}

/** The arrow keys go from one to the next of what `selector` names. */
export function moveFocus(event: KeyboardEvent, selector: string): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(selector)]
  const at = all.indexOf(document.activeElement as HTMLElement)
  if (step === undefined || at === -1) return
  event.preventDefault()
  all[(at + step + all.length) % all.length]?.focus()
}
