/** Why a source has not acknowledged an entry, in a few words for operators, without anything that it said. */
import { ServiceError } from '../calls/service-error.ts'

export class PublishingFailure extends Error {}

export function publishingProblem(error: unknown): string {
  if (error instanceof PublishingFailure) return error.message
  return error instanceof ServiceError ? error.reason : 'bug'
}
