/** The only reader of the environment: parses every setting once, at start, or says why the gateway cannot start. */
import { isIP } from 'node:net'
import os from 'node:os'
import type { SettingText } from '../contract/plan/setting.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import { commonSettings } from '../contract/settings.ts'
import type { TlsFiles } from './listener/tls-files.ts'
import { type LogLevel, logLevels } from './observability/log.ts'

/** One clear line for the operator. */
export class StartError extends Error {}

/** More threads than that serve no machine that a gateway runs on. */
const maximumWorkers = 64

export type Environment = Readonly<Record<string, string | undefined>>

export type Settings = {
  readonly host: string
  readonly httpPort: number
  readonly adminPort: number
  /** `null`: TLS is off. */
  readonly tls: TlsSettings | null
  readonly logLevel: LogLevel
  readonly drainSeconds: number
  readonly drainDelaySeconds: number
  /** Threads that serve. */
  readonly workers: number
  /** Values of the plan's settings. */
  readonly values: ReadonlyMap<string, string>
  /** Names like `POSTERN_…` that mean nothing here. */
  readonly unknown: readonly string[]
}

export type TlsSettings = { readonly port: number; readonly files: TlsFiles }

/** Throws a StartError that names every setting that is missing or has a bad value. */
export function readSettings(plan: GatewayPlan, environment: Environment = process.env): Settings {
  const problems: string[] = []
  const values = new Map<string, string>()
  for (const { name, default: fallback, usedFor } of plan.settings) {
    const value = environment[name] || fallback
    if (value === null || value === undefined) problems.push(`${name} is missing (${usedFor.join(', ')})`)
    else values.set(name, value)
  }
  const read: ReadSetting = (name, fallback, parse, expected) => {
    const text = environment[name] || fallback
    const value = parse(text)
    if (value === undefined) problems.push(`${name} must be ${expected}, not ${JSON.stringify(text)}`)
    return value as NonNullable<typeof value>
  }
  const settings: Settings = {
    host: read('POSTERN_HOST', '0.0.0.0', (text) => (isIP(text) !== 0 || /^[A-Za-z0-9.-]+$/.test(text) ? text : undefined), 'an address'),
    httpPort: read('POSTERN_HTTP_PORT', String(plan.listen.http), parsePort, 'a port from 0 to 65535'),
    adminPort: read('POSTERN_ADMIN_PORT', String(plan.listen.admin), parsePort, 'a port from 0 to 65535'),
    tls: readTls(plan, environment, read, problems),
    logLevel: read('POSTERN_LOG_LEVEL', 'info', (text) => logLevels.find((level) => level === text), `one of ${logLevels.join(', ')}`),
    drainSeconds: read('POSTERN_DRAIN_SECONDS', '20', parseSeconds, 'a number of seconds from 0 to 3600'),
    drainDelaySeconds: read('POSTERN_DRAIN_DELAY_SECONDS', '0', parseSeconds, 'a number of seconds from 0 to 3600'),
    workers: read('POSTERN_WORKERS', '1', parseWorkers, `a number from 1 to ${maximumWorkers}, or auto`),
    values,
    unknown: Object.keys(environment).filter((name) => name.startsWith('POSTERN_') && !isKnown(name, plan)),
  }
  if (settings.workers > plan.limits.maxUpstreamConnections) {
    problems.push(
      `POSTERN_WORKERS is ${settings.workers}, but the gateway was built for ${plan.limits.maxUpstreamConnections} connections to a backend (limits.maxUpstreamConnections), and each thread needs one`,
    )
  }
  if (settings.workers > plan.limits.maxTunnels && plan.operations.some(({ upgrade }) => upgrade !== null)) {
    problems.push(
      `POSTERN_WORKERS is ${settings.workers}, but the gateway was built for ${plan.limits.maxTunnels} tunnels to a backend (limits.maxTunnels), and each thread needs one`,
    )
  }
  if (problems.length > 0) throw new StartError(problems.join('; '))
  return settings
}

type ReadSetting = <T>(name: string, fallback: string, parse: (text: string) => T | undefined, expected: string) => T

/** TLS is on with certificates and keys, and only with both. */
function readTls({ listen }: GatewayPlan, environment: Environment, read: ReadSetting, problems: string[]): TlsSettings | null {
  const certificates = pathsIn(environment.POSTERN_TLS_CERT)
  const keys = pathsIn(environment.POSTERN_TLS_KEY)
  const port = read('POSTERN_HTTPS_PORT', String(listen.https), parsePort, 'a port from 0 to 65535')
  if (certificates.length > 0 && keys.length > 0) {
    if (certificates.length === keys.length) return { port, files: { certificates, keys } }
    problems.push(`POSTERN_TLS_CERT names ${certificates.length} files and POSTERN_TLS_KEY ${keys.length}: each certificate needs its key`)
  } else if (listen.httpsRequiredBy.length > 0 || certificates.length > 0 || keys.length > 0 || environment.POSTERN_HTTPS_PORT) {
    const missing = [...(certificates.length === 0 ? ['POSTERN_TLS_CERT'] : []), ...(keys.length === 0 ? ['POSTERN_TLS_KEY'] : [])]
    const because = reasonsOf(listen.httpsRequiredBy)
    problems.push(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing (https needs certificate and key files${because})`,
    )
  }
  return null
}

/** A line for people: the first few, and how many there are besides. */
function reasonsOf(reasons: readonly string[]): string {
  const more = reasons.length - 3
  return [...reasons.slice(0, 3), ...(more > 0 ? [`and ${more} more that postern inspect shows`] : [])]
    .map((reason) => `; ${reason}`)
    .join('')
}

function pathsIn(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '')
}

/** The text with the settings' values in it. */
export function settle(text: SettingText, values: ReadonlyMap<string, string>): string {
  return text.map((part) => (typeof part === 'string' ? part : values.get(part.setting)!)).join('')
}

/** Names of the settings in a text, for messages. */
export function settingsIn(text: SettingText): string {
  return text.flatMap((part) => (typeof part === 'string' ? [] : [part.setting])).join(', ')
}

function isKnown(name: string, plan: GatewayPlan): boolean {
  return commonSettings.some((setting) => setting.name === name) || plan.settings.some((setting) => setting.name === name)
}

function parsePort(text: string): number | undefined {
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined
}

function parseSeconds(text: string): number | undefined {
  return /^[0-9]{1,4}$/.test(text) && Number(text) <= 3600 ? Number(text) : undefined
}

/** `auto` is as many as there are processors for this process. */
function parseWorkers(text: string): number | undefined {
  if (text === 'auto') return Math.min(os.availableParallelism(), maximumWorkers)
  return /^[1-9][0-9]?$/.test(text) && Number(text) <= maximumWorkers ? Number(text) : undefined
}
