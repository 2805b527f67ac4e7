/** What holds by default for methods with streams, which last for as long as somebody has something to say. */
import type { MethodStreams } from '../source/proto-file.ts'
import type { ApiContext } from './definition.ts'
import { timeoutBounds } from './timeouts.ts'
import type { Operation } from './types/operation.ts'

/**
 * The operation without the built-in defaults that would end a stream: the size of a streamed request, and when an answer must begin, as
 * many servers begin theirs with their first message. What somebody wrote holds.
 */
export function streamingOperation(operation: Operation, streams: MethodStreams, { limits, timeouts }: ApiContext): Operation {
  if (!streams.client && !streams.server) return operation
  const { maxBody, answerTimeout } = operation
  const bodyIsDefault = maxBody === limits.maxBody && maxBody.at === null
  const answerIsDefault = answerTimeout === timeouts.answer && answerTimeout.at === null
  return {
    ...operation,
    maxBody: streams.client && bodyIsDefault ? { value: Number.MAX_SAFE_INTEGER, at: null } : maxBody,
    answerTimeout: answerIsDefault ? { value: timeoutBounds.answer.most, at: null } : answerTimeout,
  }
}
