/** `linux/amd64,linux/arm64`, as options say it. */
import { type Platform, readPlatform } from '../image/oci.ts'
import { UsageError } from './failures.ts'

export function readPlatforms(text: string): readonly Platform[] {
  return text.split(',').map((each) => {
    const platform = readPlatform(each)
    if (platform !== null) return platform
    throw new UsageError(`${JSON.stringify(each)} is not a platform.`, 'Say for example --platform linux/amd64,linux/arm64.')
  })
}
