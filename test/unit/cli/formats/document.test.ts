/** Whatever stands in a definition is text in a document, and never markup. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Block, say, ticked } from '../../../../src/cli/formats/document.ts'
import { documentAsHtml } from '../../../../src/cli/formats/document-html.ts'
import { documentAsMarkdown } from '../../../../src/cli/formats/document-markdown.ts'
import { codeSpan, plainText } from '../../../../src/cli/formats/markdown-text.ts'

const hostile = [
  '<script>alert(1)</script>',
  '</code></td><img src=x onerror=alert(1)>',
  '" onclick="x',
  "' onclick='x",
  '&lt;b&gt;',
  '`code` | cell | <b>',
  '``` fence',
  '[link](https://evil.example) ![](x)',
  '# heading\n- item\r\n1. one',
  'https://evil.example www.evil.example @somebody #12',
  '$x$ ~~gone~~ **bold** _it_ \\*',
  '\u202egnp.exe \u001b[31m',
]

test('HTML has no tag but its own, and nothing that is run or loaded', () => {
  const blocks: readonly Block[] = hostile.flatMap((text): readonly Block[] => [
    { kind: 'heading', level: 2, text: [text] },
    { kind: 'paragraph', text: say`a ${text} b` },
    { kind: 'list', items: [[text], ticked(`\`${text}\``)] },
    { kind: 'table', head: [text], rows: [[[text]], [[{ code: text }]]] },
  ])
  const html = documentAsHtml(hostile.join(' '), blocks)
  const rest = html
    .replace(/^<!DOCTYPE html>\n<html lang="en">\n<head>[\s\S]*?<title>/, '')
    .replaceAll(/<\/?(?:title|style|head|body|html|h[1-3]|p|ul|li|table|tr|th|td|code)>/g, '')
  assert.ok(!/[<"']|&(?!(?:amp|lt|gt|quot|#39);)/.test(rest.replace(/body \{[\s\S]*?anywhere \}/, '')), rest)
  assert.ok(!/[\u202e\u001b\r]/.test(html))
  assert.match(html, /default-src 'none'/)
})

test('plain text of Markdown has no character that could be markup', () => {
  for (const text of hostile) {
    const shown = plainText(text)
    assert.ok(!/[<>"'`*_{}[\]|\\~@$\n\r]|&(?!#\d+;)|(?<!&)#|:\/\/|www\./.test(shown), shown)
    assert.equal(documentAsMarkdown([{ kind: 'paragraph', text: [text] }]).split('\n').length, 2)
  }
  for (const text of ['- item', '+ item', '1. item', '=====', ': x']) assert.match(plainText(text), /^&#/)
})

test('a code span ends where its text does', () => {
  assert.equal(codeSpan('a'), '`a`')
  assert.equal(codeSpan('a``b`c'), '```a``b`c```')
  assert.equal(codeSpan('`a'), '`` `a ``')
  assert.equal(codeSpan('a|b<i>'), 'a&#124;b&#60;i&#62;')
  assert.equal(codeSpan(''), '')
  assert.equal(codeSpan('a\nb'), '`a\\u{a}b`')
})
