import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { whyNotPinned } from '../machine/pinning.ts'
import { findProgram, outputOf } from '../machine/programs.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** When, and how busy the machine was before: above 0.3, other programs had a share in the figures. */
export function moment(): string {
  return `taken on ${new Date().toISOString().slice(0, 10)} at ${commit()}; load average before: ${loadavg()[0]?.toFixed(2)}`
}

/** On what kind of machine and with which versions the figures are taken. */
export function circumstances(): readonly string[] {
  const unpinned = whyNotPinned()
  return [
    `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`,
    unpinned === null ? 'proxy on one core, client and backend on the other' : `processes are NOT kept on their cores: ${unpinned}`,
    versions(),
  ]
}

function commit(): string {
  const found = /^[0-9a-f]{7,}$/m.exec(outputOf('git', '-C', repository, 'rev-parse', '--short', 'HEAD'))?.[0]
  if (found === undefined) return 'not a git checkout'
  const changed = outputOf('git', '-C', repository, 'status', '--porcelain').trim() !== ''
  return `commit ${found}${changed ? ' with uncommitted changes' : ''}`
}

function versions(): string {
  const found = [
    versionOf('nginx', ['-v'], /nginx\/([\d.]+)/),
    versionOf('haproxy', ['-v'], /version ([\d.]+)/),
    versionOf('envoy', ['--version'], /\/([\d.]+)\//),
    versionOf('krakend', ['version'], /Version: (\S+)/),
    versionOf('h2load', ['--version'], /nghttp2\/([\d.]+)/),
    versionOf('wrk', ['-v'], /wrk (?:debian\/)?([\d.]\S*)/),
  ]
  return found.filter((text) => text !== null).join(', ')
}

function versionOf(name: string, words: readonly string[], pattern: RegExp): string | null {
  const program = findProgram(name)
  return program === null ? null : `${name} ${pattern.exec(outputOf(program, ...words))?.[1] ?? '?'}`
}
