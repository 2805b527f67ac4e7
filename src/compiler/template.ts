/** Fixed-shape text from templates/. What is filled in is the compiler's own: never text from a definition where code or commands stand. */
import { readFileSync } from 'node:fs'
import handlebars from 'handlebars'

const templates = new URL('../../templates/', import.meta.url)

/** Renders templates/`name`.hbs. A value that the template names and that is not given is an error. */
export function renderTemplate(name: string, values: Readonly<Record<string, unknown>>): string {
  const source = readFileSync(new URL(`${name}.hbs`, templates), 'utf8')
  return handlebars.compile(source, { strict: true, noEscape: true })(values)
}
