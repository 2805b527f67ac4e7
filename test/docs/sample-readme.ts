/** What the README of a sample says: its commands, run as they stand, and what they are promised to print. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { fencedBlocks, root, section } from './markdown.ts'

/** For `skip`: which of the tools are not here, in words, or false. */
export function lacking(...tools: readonly string[]): string | false {
  const absent = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined)
  return absent.length > 0 && `there is no ${absent.join(' and no ')} here`
}

export class SampleReadme {
  readonly #text: string

  constructor(readme: string) {
    this.#text = readme
  }

  commands(heading: string): readonly string[] {
    return this.#blocks(heading, 'sh')
  }

  answers(heading: string): readonly string[] {
    return this.#blocks(heading, '')
  }

  #blocks(heading: string, wanted: string): readonly string[] {
    return fencedBlocks(section(this.#text, heading)).flatMap(({ language, text: block }) => (language === wanted ? [block] : []))
  }
}

export async function outputOf(script: string): Promise<string> {
  const child = spawn('sh', ['-ec', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  assert.equal(child.exitCode, 0, `${output}${errors}`)
  return output
}

export function start(t: TestContext, line: string, env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn('sh', ['-c', `exec env ${line}`], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  return child
}

/** Reads lines until all patterns have been seen, and gives the first group of each. */
export async function groupsOf(child: ChildProcess, patterns: readonly RegExp[]): Promise<readonly string[]> {
  const found: string[] = []
  for await (const line of createInterface(child.stdout!)) {
    for (const [index, pattern] of patterns.entries()) found[index] ??= pattern.exec(line)?.[1] as string
    if (patterns.some((_, index) => found[index] === undefined)) continue
    child.stdout!.resume()
    return found
  }
  throw new Error(`ended without ${patterns.join(' ')}`)
}
