/** Key templates of custom policies, and what WSO2 calls an API's context. */
import type { ApiPlan } from '../../contract/plan.ts'
import type { RequestEvent } from './event-queue.ts'

const placeholder = /\$(?:(resourceKey|userId|apiContext|apiVersion|appTenant|apiTenant|appId|clientIp)\b|[\w.]+)/g

/** `null` where it asks for what no request has here: `$customProperty.…`. */
export function evaluated(template: string, event: Omit<RequestEvent, 'messageID'>, address: string): string | null {
  let isKnown = true
  const key = template.replaceAll(placeholder, (_, name: string | undefined) => {
    if (name === undefined) isKnown = false
    return name === undefined ? '' : name === 'clientIp' ? address : event[name as Exclude<typeof name, 'clientIp'> & keyof typeof event]
  })
  return isKnown ? key : null
}

/** Whether what it makes tells addresses apart. */
export function asksForAddress(template: string): boolean {
  return /\$clientIp\b/.test(template)
}

/** The base path with the version behind it. */
export function contextOf({ basePath, version }: ApiPlan): string {
  return basePath.endsWith(`/${version}`) ? basePath : `${basePath}/${version}`
}
