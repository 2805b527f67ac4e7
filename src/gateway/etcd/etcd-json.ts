/** What stands in the JSON of etcd's HTTP gateway: keys and values in base64, numbers of 64 bits as text. */
import { ServiceError } from '../calls/service-error.ts'
import type { KeyValue } from './etcd-page.ts'

export function pairOf(value: unknown): KeyValue | null {
  const { key, value: content } = objectOf(value)
  if (typeof key !== 'string') return null
  return { key: decoded(key), value: typeof content === 'string' ? decoded(content) : '' }
}

export function encoded(text: string | Buffer): string {
  return Buffer.from(text).toString('base64')
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}

export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ServiceError('protocol')
  }
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** 0 for what is absent. */
export function numberOf(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : 0
}
