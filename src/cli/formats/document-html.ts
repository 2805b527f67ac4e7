/** Documents as one HTML file: no scripts, nothing that is loaded, and a policy that forbids both. */
import type { Block, Inline } from './document.ts'
import { visible } from './text.ts'

const style = `body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
h1, h2, h3 { line-height: 1.2; margin: 2rem 0 .5rem } h2 { border-bottom: 1px solid #bbb } h3 { break-after: avoid }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem } tr { break-inside: avoid }
th, td { border: 1px solid #ccc; padding: .25rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #f2f2f2 } code { font: .92em ui-monospace, monospace; background: #f6f6f6; overflow-wrap: anywhere }`

export function documentAsHtml(title: string, blocks: readonly Block[]): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>
${style}
</style>
</head>
<body>
${blocks.map(blockText).join('\n')}
</body>
</html>
`
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${inline(block.text)}</h${block.level}>`
    case 'paragraph':
      return `<p>${inline(block.text)}</p>`
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${inline(item)}</li>\n`).join('')}</ul>`
    case 'table':
      return `<table>\n${row('th', block.head.map(escaped))}${block.rows.map((cells) => row('td', cells.map(inline))).join('')}</table>`
  }
}

function row(tag: 'th' | 'td', cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>\n`
}

function inline(text: Inline): string {
  return text.map((part) => (typeof part === 'string' ? escaped(part) : `<code>${escaped(part.code)}</code>`)).join('')
}

const references: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => references[character] ?? '')
}
