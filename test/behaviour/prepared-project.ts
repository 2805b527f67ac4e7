/** The fixture project in a folder of its own, with keys that are made now, and perhaps with one line of postern.yaml changed. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'

/** A line of postern.yaml, by its key, and what stands there instead. */
export type Change = { readonly key: 'errors' | 'timeouts' | 'limits'; readonly value: string }

/** Everything that is waited for is over in moments. */
export const hasty: Change = {
  key: 'timeouts',
  value: '{ head: 1s, bodyIdle: 1s, keepAlive: 1s, connect: 1s, upstreamIdle: 60s, answer: 1s }',
}

export const wso2: Change = { key: 'errors', value: 'wso2' }

/** For threads, which divide the connections to backends. */
export const roomy: Change = { key: 'limits', value: '{ maxUpstreamConnections: 64, maxUpstreamWaiting: 16 }' }

export class PreparedProject extends ProjectFolder {
  readonly one: Issuer = new Issuer('https://one.example.com', 'one', 'RS256')
  readonly two: Issuer = new Issuer('https://two.example.com', 'two', 'ES256')

  constructor(...changes: readonly Change[]) {
    super({}, 'project')
    this.write({ 'keys/one.jwks.json': this.one.keySet, 'keys/two.jwks.json': this.two.keySet })
    for (const change of changes) changeProject(this.folder, change)
  }
}

/** Nothing happens where there is no line with that key. */
export function changeProject(folder: string, { key, value }: Change): void {
  const file = join(folder, 'postern.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(new RegExp(`^${key}: .*$`, 'm'), `${key}: ${value}`))
}
