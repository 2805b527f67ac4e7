/** Reads a definition that a test writes down, without any file. */
import { tmpdir } from 'node:os'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { AuthorityFiles } from '../../../../src/compiler/model/authorities.ts'
import { readApi } from '../../../../src/compiler/model/from-openapi.ts'
import { readHttpLimits } from '../../../../src/compiler/model/http-limits.ts'
import { SettingsCollector } from '../../../../src/compiler/model/setting-text.ts'
import { readTimeouts } from '../../../../src/compiler/model/timeouts.ts'
import type { Api } from '../../../../src/compiler/model/types/api.ts'
import type { Operation } from '../../../../src/compiler/model/types/operation.ts'
import type { Placed } from '../../../../src/compiler/model/types/placed.ts'
import type { ApiEntry } from '../../../../src/compiler/model/types/project-file.ts'
import { NodeAccess } from '../../../../src/compiler/source/node-access.ts'
import { parseYaml } from '../../../../src/compiler/source/parse-yaml.ts'
import { SourceText } from '../../../../src/compiler/source/source-text.ts'
import { Sources } from '../../../../src/compiler/source/sources.ts'

export type Reading = {
  readonly api: Api
  /** By method and template: `GET /pets`. */
  readonly operation: (name: string) => Operation
  readonly settings: SettingsCollector
  /** Each finding as `line:column code pointer`. */
  readonly found: readonly string[]
}

const at = { file: 'postern.yaml', line: 1, column: 1, pointer: '#/apis/0' }

/** A value that stands in postern.yaml. */
export function said<T>(value: T): Placed<T> {
  return { value, at }
}

/** @param project what the project's entry for the API says. */
export function readDefinition(text: string, project: Partial<ApiEntry> = {}): Reading {
  const diagnostics = new Diagnostics()
  const access = new NodeAccess(diagnostics, 'invalid-project')
  const settings = new SettingsCollector()
  const sources = new Sources(tmpdir(), diagnostics)
  const authorities = new AuthorityFiles(sources, diagnostics)
  const backends = { backend: null, sandboxBackend: null, backendRefused: false }
  const nothing = { policy: null, basePath: null, ...backends, security: null, validateSubscriptions: null, certificates: null }
  const entry = { definition: said('api.yaml'), ...nothing, at, ...project }
  const context = { entry, limits: readHttpLimits(null, access), timeouts: readTimeouts(null, access), settings, authorities }
  const document = parseYaml(new SourceText('api.yaml', text), diagnostics)
  const api = document === null ? null : readApi(document, context, sources, diagnostics)
  const found = diagnostics.sorted.map(({ code, at: { line, column, pointer } }) => `${line}:${column} ${code} ${pointer}`)
  if (api === null) throw new Error(`no definition: ${found.join(', ')}`)
  const operation = (name: string): Operation => {
    const operations = api.operations.filter(({ method, template }) => `${method} ${template}` === name)
    if (operations[0] === undefined) throw new Error(`no operation ${name}`)
    return operations[0]
  }
  return { api, operation, settings, found }
}

/** An OpenAPI 3.0 definition with what follows `info`, from line 3 on. */
export function openapi(lines: string): string {
  return `openapi: 3.0.3\ninfo: { title: Sample, version: 1.0.0 }\n${lines}`
}

/** A Swagger 2.0 definition with what follows `info`, from line 3 on. */
export function swagger(lines: string): string {
  return `swagger: '2.0'\ninfo: { title: Sample, version: 1.0.0 }\n${lines}`
}
