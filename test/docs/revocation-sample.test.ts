/** The sample revocation is run by the command of its README, and prints what that says. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from './markdown.ts'
import { lacking, outputOf, SampleReadme } from './sample-readme.ts'

const readme = new SampleReadme(readFileSync(join(root, 'samples/revocation/README.md'), 'utf8'))

/** What differs each time. */
function common(output: string): string {
  return output.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'ID').replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, 'TIME')
}

test('the sample revocation', { skip: lacking('redis-server') }, async () => {
  const [command = ''] = readme.commands('Run')
  const output = await outputOf(command.replace('npx node', `'${process.execPath}'`))
  const [wanted = ''] = readme.answers('Run')
  assert.equal(common(output), common(wanted))
})
