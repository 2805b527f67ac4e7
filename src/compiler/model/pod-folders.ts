/** What is mounted into a gateway's Pod, and where. */
import { posix } from 'node:path'
import type { Project } from './model.ts'
import type { Kubernetes } from './types/kubernetes.ts'

const mounts = '/etc/postern'

export const filesFolder = `${mounts}/files`
export const tlsFolder = `${mounts}/tls`

/** Where what feeds say is kept; `null` where it is not. */
export function keptFolder(project: Project, kubernetes: Kubernetes): string | null {
  const persist = project.revocation?.persist ?? null
  if (persist === null) return null
  const value = (setting: string): string => kubernetes.settings.get(setting)?.value ?? project.settings.get(setting)?.default ?? ''
  return persist.map((part) => (typeof part === 'string' ? part : value(part.setting))).join('') || null
}

/** Whether a folder of its own can be mounted there: an absolute path that hides nothing else which is mounted, nor is hidden by it. */
export function isFreeInPod(folder: string): boolean {
  const path = folder.replace(/\/$/, '')
  return path.startsWith('/') && posix.normalize(path) === path && !`${path}/`.startsWith(`${mounts}/`) && !mounts.startsWith(`${path}/`)
}
