// Starts GOV.UK Frontend's components. Every page works without this file.
// The page names the script, because its file name holds the hash of what is in it.
const { govukFrontend } = document.querySelector('script[data-govuk-frontend]').dataset
const { initAll } = await import(govukFrontend)
initAll()
