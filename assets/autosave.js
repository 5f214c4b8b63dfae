// While a section of a draft report is written: what is typed is saved some seconds later, or when the
// page is left, with the version that was read. Without this file the button saves it. What meets
// another text is set aside by the portal, and the button shows both.
const SECONDS = 3

for (const form of document.querySelectorAll('form[data-autosave]')) {
  const told = form.querySelector('[data-told]')
  let waiting
  let sending
  let stopped = false
  let unsent = false
  const send = async () => {
    unsent = false
    try {
      const answer = await fetch(form.dataset.autosave, { method: 'POST', body: new FormData(form) })
      const said = await answer.json()
      told.textContent = said.message
      if (answer.ok) form.elements.version.value = said.version
      if (answer.ok) form.elements.aside.value = ''
      if (answer.status === 409) {
        form.elements.aside.value = said.aside ?? ''
        stopped = true
      }
    } catch {
      unsent = true
      told.textContent = form.dataset.failed
    }
  }
  const save = async () => {
    clearTimeout(waiting)
    // One after the other: the next takes the version that this one gets.
    while (sending) await sending
    if (stopped) return
    sending = send()
    await sending
    sending = undefined
  }
  form.addEventListener('input', () => {
    unsent = true
    clearTimeout(waiting)
    if (!stopped) waiting = setTimeout(save, SECONDS * 1000)
  })
  addEventListener('pagehide', () => {
    if (unsent) navigator.sendBeacon(form.dataset.autosave, new FormData(form))
  })
  form.addEventListener('submit', async (event) => {
    clearTimeout(waiting)
    unsent = false
    if (!sending) return
    // The button takes the version that what is being sent gets.
    event.preventDefault()
    const button = event.submitter
    stopped = true
    await sending
    form.requestSubmit(button)
  })
}
