/** The project that is soaked: every operation that the traffic uses, each with a backend that behaves in its own way. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Issuer } from '../behaviour/issuer.ts'
import { wordsProto } from './words-backend.ts'

/** Where each kind of backend listens: HTTP/1.1 as asked for, badly, and gRPC. */
export type BackendUrls = { readonly steady: string; readonly rough: string; readonly words: string }

/** Requests that one consumer may send to `/limited` in an hour. */
export const quota = 3

export const clockSkewSeconds = 1

export const requiredScope = 'read:soak'

export function writeProject(folder: string, backends: BackendUrls, issuer: Issuer): void {
  mkdirSync(folder, { recursive: true })
  const write = (name: string, value: object) => writeFileSync(join(folder, name), JSON.stringify(value))
  write('postern.yaml', {
    name: 'soak',
    version: '1.0.0',
    apis: [
      { definition: 'steady.json', basePath: '/steady', backend: backends.steady, security: 'token' },
      { definition: 'rough.json', basePath: '/rough', backend: backends.rough, security: 'public' },
      { definition: 'words.proto', backend: backends.words, security: 'public' },
    ],
    issuers: [{ issuer: issuer.name, audiences: ['shop'], keys: 'issuer.json', clockSkew: `${clockSkewSeconds}s` }],
    listen: { http: 0, admin: 0 },
    // A backend of a machine that does other things as well is slow, and not silent.
    timeouts: { upstreamIdle: '2s', answer: '45s', bodyIdle: '45s' },
    limits: { maxBody: '64MiB' },
  })
  write('policies.yaml', { tiers: { Plenty: { requests: 1_000_000_000, per: '1h' }, Few: { requests: quota, per: '1h' } } })
  writeFileSync(join(folder, 'issuer.json'), issuer.keySet)
  writeFileSync(join(folder, 'words.proto'), wordsProto)
  write('steady.json', steadyApi)
  write('rough.json', roughApi)
}

const answer = { default: { description: 'an answer' } }
const size = { name: 'bytes', in: 'path', required: true, schema: { type: 'integer' } }
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }

const steadyApi = {
  openapi: '3.1.0',
  info: { title: 'Steady', version: '1.0.0' },
  security: [{ login: [requiredScope] }],
  'x-postern': { throttle: 'Plenty' },
  paths: {
    '/echo/{id}': { parameters: [id], get: { responses: answer }, head: { responses: answer } },
    '/digest': { post: { responses: answer } },
    '/bytes/{bytes}': { parameters: [size], get: { responses: answer } },
    '/chunks/{bytes}': { parameters: [size], get: { responses: answer } },
    '/limited': { get: { 'x-postern': { throttle: 'Few' }, responses: answer } },
    '/socket': { get: { 'x-postern': { upgrade: 'websocket' }, responses: answer } },
    '/events/{id}': { parameters: [id], get: { security: [], responses: answer } },
  },
  components: {
    securitySchemes: {
      login: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://one.example.com/token', scopes: { [requiredScope]: 'everything' } } },
      },
    },
  },
}

const roughApi = {
  openapi: '3.1.0',
  info: { title: 'Rough', version: '1.0.0' },
  paths: Object.fromEntries(
    ['reset', 'cut', 'garbage', 'late', 'never', 'closing'].map((name) => [
      `/${name}`,
      { ...(name === 'never' ? { 'x-postern': { timeout: '10s' } } : {}), get: { responses: answer }, post: { responses: answer } },
    ]),
  ),
}
