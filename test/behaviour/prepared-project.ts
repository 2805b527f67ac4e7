/** The fixture project in a folder of its own, with keys that are made now, and perhaps with one line of postern.yaml changed. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Issuer } from './issuer.ts'

/** A line of postern.yaml, by its key, and what stands there instead. */
export type Change = { readonly key: 'errors' | 'timeouts' | 'limits'; readonly value: string }

/** Everything that is waited for is over in moments. */
export const hasty: Change = {
  key: 'timeouts',
  value: '{ head: 300ms, bodyIdle: 300ms, keepAlive: 300ms, connect: 300ms, upstreamIdle: 60s, answer: 300ms }',
}

export const wso2: Change = { key: 'errors', value: 'wso2' }

/** For threads, which divide the connections to backends. */
export const roomy: Change = { key: 'limits', value: '{ maxUpstreamConnections: 64, maxUpstreamWaiting: 16 }' }

export class PreparedProject {
  readonly folder: string
  readonly one: Issuer = new Issuer('https://one.example.com', 'one', 'RS256')
  readonly two: Issuer = new Issuer('https://two.example.com', 'two', 'ES256')

  constructor(...changes: readonly Change[]) {
    this.folder = mkdtempSync(join(tmpdir(), 'postern-behaviour-'))
    cpSync(join(import.meta.dirname, 'project'), this.folder, { recursive: true })
    mkdirSync(join(this.folder, 'keys'))
    writeFileSync(join(this.folder, 'keys', 'one.jwks.json'), this.one.keySet)
    writeFileSync(join(this.folder, 'keys', 'two.jwks.json'), this.two.keySet)
    for (const change of changes) changeProject(this.folder, change)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Nothing happens where there is no line with that key. */
export function changeProject(folder: string, { key, value }: Change): void {
  const file = join(folder, 'postern.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(new RegExp(`^${key}: .*$`, 'm'), `${key}: ${value}`))
}
