import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

export type Target = { readonly port: number; readonly path: string; readonly tls: boolean }

export type Failure = { readonly name: string; readonly detail: string }

export type Finding = { readonly cases: number; readonly failures: readonly Failure[] }

/** Seconds that h2spec waits for what must come; on loopback it comes at once or never. */
const patience = 1

/** One run of all its cases, the strict ones too. Rejects where it made no report. */
export async function runH2spec(program: string, { port, path, tls }: Target): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-h2spec-'))
  try {
    const report = join(folder, 'report.xml')
    const words = ['-S', '-h', '127.0.0.1', '-p', String(port), '-P', path, '-o', String(patience), '-j', report]
    const child = spawn(program, tls ? [...words, '-t', '-k'] : words, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (output += bytes.toString()))
    // Its exit status says that a case failed, which is no news.
    await once(child, 'close')
    const text = await readFile(report, 'utf8').catch(() => {
      throw new Error(`h2spec made no report:\n${stripVTControlCharacters(output)}`)
    })
    return readReport(text)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Reads h2spec's JUnit report. */
export function readReport(text: string): Finding {
  const found = [...text.matchAll(/<testcase package="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)]
  const failures = found
    .filter(([, , , inside = '']) => inside.includes('<failure') || inside.includes('<error'))
    .map(([, group, title, inside = '']) => ({
      name: `${group}: ${plain(title ?? '')}`,
      detail: plain(inside.replaceAll(/<[^>]*>/g, '')).trim(),
    }))
  return { cases: found.length, failures }
}

function plain(text: string): string {
  return text
    .replaceAll('&#xA;', '\n')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
