document.title = 'x'

export {}
