import type { Traffic } from '../world.ts'
import { grpcFailure, grpcStreams, grpcUnary } from './grpc.ts'
import { http2Aborted, http2Download, http2Echo, http2Refused, http2Upload } from './http2.ts'
import {
  abortedDownload,
  abortedUpload,
  brokenBackend,
  closingBackend,
  cutAnswer,
  lateBackend,
  silentBackend,
  slowReader,
  slowUpload,
} from './peers.ts'
import { download, echo, head, newToken, upload } from './plain.ts'
import { expiringToken, overQuota, refused, refusedUpload } from './refusals.ts'
import { events } from './streams.ts'
import { refusedWebSocket, webSocket } from './web-sockets.ts'

export const allTraffic: readonly Traffic[] = [
  echo,
  head,
  newToken,
  download,
  upload,
  refused,
  refusedUpload,
  overQuota,
  expiringToken,
  slowReader,
  slowUpload,
  abortedDownload,
  abortedUpload,
  brokenBackend,
  cutAnswer,
  lateBackend,
  silentBackend,
  closingBackend,
  events,
  webSocket,
  refusedWebSocket,
  http2Echo,
  http2Download,
  http2Upload,
  http2Refused,
  http2Aborted,
  grpcUnary,
  grpcFailure,
  grpcStreams,
]
