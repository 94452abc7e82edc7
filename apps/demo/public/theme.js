// Before anything is drawn, so that nothing flashes.
try {
  document.documentElement.style.colorScheme = localStorage.getItem('squall.theme') ?? ''
} catch {
  // No storage: the page says so itself.
}
