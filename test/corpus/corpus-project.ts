/** Checks real definitions in a project that answers what they leave open: a backend, an issuer, and what holds without `security`. */
import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { check } from '../../src/compiler/check/check.ts'
import { type Diagnostic, Diagnostics } from '../../src/compiler/diagnostics.ts'
import type { Project } from '../../src/compiler/model/model.ts'
import { normalise } from '../../src/compiler/model/normalise.ts'
import type { Operation } from '../../src/compiler/model/types/operation.ts'
import { Sources } from '../../src/compiler/source/sources.ts'

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
const now = new Date('2026-06-15T12:00:00Z')

export type Checked = {
  readonly errors: readonly Diagnostic[]
  readonly operations: readonly Operation[]
  readonly project: Project | null
}

export type Waived = { readonly rule: string; readonly at: string }

/** @param folder an empty folder. */
export function checkDefinition(definition: string, folder: string, waivers: readonly Waived[] = []): Checked {
  const name = `api${extname(definition)}`
  copyFileSync(definition, join(folder, name))
  writeFileSync(join(folder, 'key.pem'), key)
  const project = {
    name: 'corpus',
    version: '1.0.0',
    apis: [{ definition: name, backend: 'https://backend.example.com', security: 'token' }],
    issuers: [{ issuer: 'https://idp.example.com', audiences: ['corpus'], keys: 'key.pem' }],
    waivers: waivers.map((waiver) => ({ ...waiver, reason: 'corpus', until: '2026-12-31' })),
  }
  writeFileSync(join(folder, 'postern.yaml'), JSON.stringify(project))
  const diagnostics = new Diagnostics()
  const read = normalise(new Sources(folder, diagnostics), diagnostics)
  if (read !== null) check(read, diagnostics, now)
  const errors = diagnostics.sorted.filter(({ severity }) => severity === 'error')
  return { errors, operations: read?.apis.flatMap(({ operations }) => operations) ?? [], project: read }
}
