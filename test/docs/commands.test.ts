/** docs/commands.md has every command with its options, and no other; command lines in all documents use what exists. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { runCli } from '../cli/run-cli.ts'
import { codeSpan, documents, fencedBlocks, readDocument, root, rowsOf, section } from './markdown.ts'

const document = readDocument('docs/commands.md')
const names = await commandNames()
const options = new Map(await Promise.all(names.map(async (name) => [name, await optionsOf(name)] as const)))
const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts

async function commandNames(): Promise<readonly string[]> {
  const { stdout } = await runCli(['--help'])
  const [, list = ''] = /^Commands:\n((?: .*\n)+)/m.exec(stdout) ?? []
  return [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help')
}

/** The first words of the lines of help that describe an option: `-o, --out <dir>`. */
async function optionsOf(name: string): Promise<readonly string[]> {
  const { stdout } = await runCli([name, '--help'])
  const [, list = ''] = /^Options:\n((?: .*\n)+)/m.exec(stdout) ?? []
  return [...list.matchAll(/^ {2}(-\S.*?)(?: {2}|$)/gm)].map(([, option = '']) => option).filter((option) => !option.includes('--help'))
}

test('docs/commands.md has every command, and no other', () => {
  const documented = [...document.matchAll(/^## postern (\w+)$/gm)].map(([, name]) => name)
  assert.ok(names.length > 5)
  assert.deepEqual(documented, names)
})

for (const name of names) {
  test(`docs/commands.md has every option of ${name}, and no other`, () => {
    const documented = rowsOf(section(document, `postern ${name}`), 'Option').map((row) => codeSpan(row.Option ?? ''))
    assert.deepEqual(documented.toSorted(), options.get(name)?.toSorted())
  })
}

test('docs/commands.md has every exit code', () => {
  const documented = rowsOf(document, 'Exit code').map((row) => Number(row['Exit code']))
  assert.deepEqual(documented, Object.values(exitCodes))
})

/** Lines of shell blocks and code spans. */
function commandLines(text: string): readonly string[] {
  const blocks = fencedBlocks(text).filter(({ language }) => language === 'sh')
  const spans = [...text.matchAll(/`((?:npm|npx|postern) [^`\n]+)`/g)].map(([, span = '']) => span)
  return [...blocks.flatMap((block) => block.text.split('\n')), ...spans]
}

for (const name of documents) {
  test(`command lines in ${name} use what exists`, () => {
    for (const line of commandLines(readDocument(name))) {
      for (const [, command = '', rest = ''] of line.matchAll(/(?:^|npx |npm run -s |\$\()postern (?:-- )?([\w<][^\s)]*)([^)]*)/g)) {
        if (command === '<command>') continue
        assert.ok(names.includes(command), line)
        const known = [...(options.get(command) ?? []).join(' ').matchAll(/--[\w-]+/g)].map(([option]) => option)
        for (const [option] of rest.matchAll(/--[\w-]+/g)) assert.ok(known.includes(option), `${line}: ${option}`)
      }
      for (const [, script = ''] of line.matchAll(/npm run (?:-s )?([\w:]+)/g)) assert.ok(Object.hasOwn(scripts, script), line)
    }
  })
}
