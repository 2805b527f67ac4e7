/** The only reader of the environment: parses every setting once, at start, or says why the gateway cannot start. */
import { isIP } from 'node:net'
import type { GatewayPlan, SettingText } from '../contract/plan.ts'
import { commonSettings, unsupportedSettings } from '../contract/settings.ts'
import { type LogLevel, logLevels } from './observability/log.ts'

/** One clear line for the operator. */
export class StartError extends Error {}

export type Environment = Readonly<Record<string, string | undefined>>

export type Settings = {
  readonly host: string
  readonly httpPort: number
  readonly adminPort: number
  readonly logLevel: LogLevel
  readonly drainSeconds: number
  readonly drainDelaySeconds: number
  /** Values of the plan's settings. */
  readonly values: ReadonlyMap<string, string>
  /** Names like `POSTERN_…` that mean nothing here. */
  readonly unknown: readonly string[]
}

/** Throws a StartError that names every setting that is missing or has a bad value. */
export function readSettings(plan: GatewayPlan, environment: Environment = process.env): Settings {
  const problems: string[] = []
  const values = new Map<string, string>()
  for (const { name, default: fallback, usedFor } of plan.settings) {
    const value = environment[name] || fallback
    if (value === null || value === undefined) problems.push(`${name} is missing (${usedFor.join(', ')})`)
    else values.set(name, value)
  }
  const read = <T>(name: string, fallback: string, parse: (text: string) => T | undefined, expected: string): T => {
    const text = environment[name] || fallback
    const value = parse(text)
    if (value === undefined) problems.push(`${name} must be ${expected}, not ${JSON.stringify(text)}`)
    return value as T
  }
  const settings: Settings = {
    host: read('POSTERN_HOST', '0.0.0.0', (text) => (isIP(text) !== 0 || /^[A-Za-z0-9.-]+$/.test(text) ? text : undefined), 'an address'),
    httpPort: read('POSTERN_HTTP_PORT', String(plan.listen.http), parsePort, 'a port from 0 to 65535'),
    adminPort: read('POSTERN_ADMIN_PORT', String(plan.listen.admin), parsePort, 'a port from 0 to 65535'),
    logLevel: read('POSTERN_LOG_LEVEL', 'info', (text) => logLevels.find((level) => level === text), `one of ${logLevels.join(', ')}`),
    drainSeconds: read('POSTERN_DRAIN_SECONDS', '20', parseSeconds, 'a number of seconds from 0 to 3600'),
    drainDelaySeconds: read('POSTERN_DRAIN_DELAY_SECONDS', '0', parseSeconds, 'a number of seconds from 0 to 3600'),
    values,
    unknown: Object.keys(environment).filter((name) => name.startsWith('POSTERN_') && !isKnown(name, plan)),
  }
  for (const [name, why] of Object.entries(unsupportedSettings)) {
    if (environment[name]) problems.push(`${name} is set, but ${why}`)
  }
  if (environment.POSTERN_WORKERS && environment.POSTERN_WORKERS !== '1') {
    problems.push('POSTERN_WORKERS must be 1: several worker threads are not supported yet')
  }
  if (problems.length > 0) throw new StartError(problems.join('; '))
  return settings
}

/** The text with the settings' values in it. */
export function settle(text: SettingText, values: ReadonlyMap<string, string>): string {
  return text.map((part) => (typeof part === 'string' ? part : values.get(part.setting)!)).join('')
}

function isKnown(name: string, plan: GatewayPlan): boolean {
  return (
    commonSettings.some((setting) => setting.name === name) ||
    Object.hasOwn(unsupportedSettings, name) ||
    name === 'POSTERN_WORKERS' ||
    plan.settings.some((setting) => setting.name === name)
  )
}

function parsePort(text: string): number | undefined {
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined
}

function parseSeconds(text: string): number | undefined {
  return /^[0-9]{1,4}$/.test(text) && Number(text) <= 3600 ? Number(text) : undefined
}
