// Starts GOV.UK Frontend's components. Every page works without this file.
// The page names the script, because its file name holds the hash of what is in it.
const { govukFrontend } = document.querySelector('script[data-govuk-frontend]').dataset
const { initAll } = await import(govukFrontend)
initAll()

// While the name of a service is typed: those in the catalogue that it may be. Without this file the
// next page asks the same.
for (const place of document.querySelectorAll('[data-similar]')) {
  const input = document.querySelector('#name')
  let waiting
  let asked = input.value.trim()
  const show = (items) => {
    place.replaceChildren()
    if (!items.length) return
    const title = document.createElement('p')
    title.className = 'govuk-body govuk-!-font-weight-bold'
    title.textContent = place.dataset.title
    const list = document.createElement('ul')
    list.className = 'govuk-list govuk-list--bullet'
    for (const { name, href, why } of items) {
      const link = document.createElement('a')
      link.className = 'govuk-link'
      Object.assign(link, { href, target: '_blank', rel: 'noopener', textContent: name })
      const item = document.createElement('li')
      item.append(link, ` ${why}`)
      list.append(item)
    }
    place.append(title, list)
  }
  const ask = async () => {
    const name = input.value.trim()
    if (name === asked) return
    asked = name
    if (name.length < 3) return show([])
    const answer = await fetch(`${place.dataset.similar}?name=${encodeURIComponent(name)}`)
    // An answer that comes late, or none, changes nothing.
    if (answer.ok && name === asked) show((await answer.json()).items)
  }
  input.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(ask, 400)
  })
}
