/** Documents as Markdown (CommonMark, with the tables of GitHub). */
import type { Block, Inline } from './document.ts'
import { codeSpan, plainText } from './markdown-text.ts'

export function documentAsMarkdown(blocks: readonly Block[]): string {
  return blocks.map(blockText).join('\n')
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${inline(block.text)}\n`
    case 'paragraph':
      return `${inline(block.text)}\n`
    case 'list':
      return block.items.map((item) => `- ${inline(item)}\n`).join('')
    case 'table': {
      const rows = block.rows.map((row) => `| ${row.map(inline).join(' | ')} |\n`)
      return `| ${block.head.map(plainText).join(' | ')} |\n|${'---|'.repeat(block.head.length)}\n${rows.join('')}`
    }
  }
}

function inline(text: Inline): string {
  return text.map((part) => (typeof part === 'string' ? plainText(part) : codeSpan(part.code))).join('')
}
