/** The address of a Redis in postern.yaml. */
import type { SettingText } from '../../contract/plan/setting.ts'
import type { SourceNode } from '../source/source-node.ts'
import { type ServiceSurroundings, settingsText } from './service.ts'
import { withDefaults } from './setting-text.ts'

const loopback = /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i

/**
 * As far as it is known now; the gateway looks again when it starts. The address is not repeated: it may hold a credential.
 * @param plainTcp whether the project says that the way to another machine is protected otherwise; `null` where it cannot say so.
 */
export function readRedisUrl(
  node: SourceNode,
  plainTcp: boolean | null,
  around: Pick<ServiceSurroundings, 'access' | 'settings' | 'usedFor'>,
): SettingText | null {
  const { access, settings } = around
  const parts = settingsText(node, 'address', around)
  const text = parts === null ? null : withDefaults(parts, settings.settings)
  if (text === null) return parts
  const url = URL.parse(text)
  if (url === null || !/^rediss?:\/\/[^\s\\?#]+$/i.test(text) || url.hostname === '' || !/^\/?\d{0,5}$/.test(url.pathname))
    return access.refuse(node, '`url` must be the URL of a Redis, such as `rediss://redis.example.com:6379`')
  if (url.protocol === 'rediss:' || plainTcp === true || loopback.test(url.hostname)) return parts
  const hint = plainTcp === null ? 'Use rediss.' : 'Use rediss, or say `plainTcp: true` where the way there is protected otherwise.'
  return access.refuse(node, '`url` is plain redis: what is said there could be altered on the way', hint)
}
