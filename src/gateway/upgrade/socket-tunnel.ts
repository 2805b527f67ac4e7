/**
 * A client's and a backend's connection, joined after a 101: bytes go both ways, each side waits for the other, and nothing is kept but
 * the beginning of a frame's header. One state machine: who may send, and what ends both.
 */
import type { Socket } from 'node:net'
import type { UpgradePlan } from '../../contract/plan/upgrade.ts'
import type { VerifiedToken } from '../auth/verified-token.ts'
import type { CredentialEnd } from '../capabilities/credential-watch.ts'
import type { Tunnel } from '../capabilities/upgrade.ts'
import type { Clock } from '../clock.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import type { BodyMeter } from '../exchange.ts'
import { keepAliveProbesAfter } from '../keep-alive.ts'
import { WriteProgress } from '../listener/write-progress.ts'
import { writeCopy } from '../write-copy.ts'
import { Allowance } from './allowance.ts'
import { closeCodes, closeFrame } from './close-frame.ts'
import { FrameReader } from './frame-reader.ts'
import type { TunnelCounts, TunnelEnd } from './tunnel-counts.ts'

/** How long a side may take to close when the other one has. */
const closingMilliseconds = 5000

export type TunnelParts = {
  readonly client: Socket
  readonly backend: Socket
  readonly plan: UpgradePlan
  readonly token: VerifiedToken | null
  /** Why what it was opened with holds no more; `null` while it does. */
  readonly credentialEnd: () => CredentialEnd | null
  /** Of the exchange that opened it; `null` where no limit counts bytes. */
  readonly meter: BodyMeter | null
  /** Extensions of WebSocket have been agreed on. */
  readonly extensions: boolean
  /** Milliseconds for which a side may take nothing of what waits for it. */
  readonly patience: number
  readonly clock: Clock
  readonly time: CoarseClock
  readonly counts: TunnelCounts
  /** The client's connection has closed, and this tunnel is no more. */
  readonly closed: (tunnel: Tunnel) => void
}

export class SocketTunnel implements Tunnel {
  readonly #parts: TunnelParts
  readonly #client: Socket
  readonly #backend: Socket
  /** Null where the protocol has no frames. */
  readonly #clientFrames: FrameReader | null
  readonly #backendFrames: FrameReader | null
  readonly #frameAllowance: Allowance | null
  readonly #byteAllowance: Allowance | null
  readonly #clientWriting: WriteProgress = new WriteProgress()
  readonly #backendWriting: WriteProgress = new WriteProgress()
  /** What has been written to this side ends between two frames: a frame of the gateway's own may follow. */
  #toClientWhole: boolean = true
  #toBackendWhole: boolean = true
  /** The gateway ends it: what comes is only looked at for the client's Close. */
  #closing: boolean = false
  #lastActive: number
  readonly #lifeEnd: number
  /** Monotonic milliseconds at which both connections are destroyed. */
  #deadline: number = Number.POSITIVE_INFINITY
  bytesIn: number = 0
  bytesOut: number = 0
  end: TunnelEnd | '' = ''

  constructor(parts: TunnelParts) {
    const { client, backend, plan, extensions, clock, time } = parts
    const { limit, maxFrame, life } = plan
    const framed = plan.protocol === 'websocket'
    this.#parts = parts
    this.#client = client
    this.#backend = backend
    this.#clientFrames = framed ? new FrameReader(true, maxFrame, extensions) : null
    this.#backendFrames = framed ? new FrameReader(false, Number.MAX_SAFE_INTEGER, extensions) : null
    const now = clock.monotonic()
    this.#frameAllowance = limit === null || limit.frames === 0 ? null : new Allowance(limit.frames, limit.per, now)
    this.#byteAllowance = limit === null || limit.bytes === 0 ? null : new Allowance(limit.bytes, limit.per, now)
    this.#lastActive = time.now
    this.#lifeEnd = life === 0 ? Number.POSITIVE_INFINITY : now + life
    parts.counts.open++
    // A side that has said all it has to say may still be listening.
    backend.allowHalfOpen = true
    client.setKeepAlive(true, keepAliveProbesAfter)
    backend.setKeepAlive(true, keepAliveProbesAfter)
    client.on('drain', () => backend.resume())
    backend.on('drain', () => client.resume())
    client.on('end', () => this.#clientEnded())
    backend.on('end', () => this.#backendEnded())
    backend.on('close', () => this.#backendEnded())
  }

  get token(): VerifiedToken | null {
    return this.#parts.token
  }

  fromClient(chunk: Buffer): void {
    const frames = this.#clientFrames
    if (this.#closing) {
      // The client answers the gateway's Close with its own, and the connection may end.
      if (frames !== null && frames.fault === null) frames.read(chunk)
      if (frames === null || frames.fault !== null || frames.closed) this.#client.end()
      return
    }
    this.#lastActive = this.#parts.time.now
    this.bytesIn += chunk.length
    this.#parts.counts.bytesIn += chunk.length
    this.#parts.meter?.charge(chunk.length)
    const before = frames === null ? 0 : frames.frames
    const end = frames === null ? chunk.length : frames.read(chunk)
    const taken = frames === null ? 0 : frames.frames - before
    this.#parts.counts.framesIn += taken
    if (!this.#allowed(taken, chunk.length)) return this.close(closeCodes.policyViolation, 'limit')
    if (!passOn(this.#backend, frames, chunk, end)) this.#client.pause()
    this.#toBackendWhole = frames?.atBoundary === true
    if (frames !== null && frames.fault !== null) this.#refuseFrame(frames.fault === 'too-large')
  }

  fromBackend(chunk: Buffer): void {
    if (this.#closing) return
    const frames = this.#backendFrames
    this.#lastActive = this.#parts.time.now
    this.bytesOut += chunk.length
    this.#parts.counts.bytesOut += chunk.length
    this.#parts.meter?.charge(chunk.length)
    const before = frames === null ? 0 : frames.frames
    const end = frames === null ? chunk.length : frames.read(chunk)
    if (frames !== null) this.#parts.counts.framesOut += frames.frames - before
    if (!passOn(this.#client, frames, chunk, end)) this.#backend.pause()
    this.#toClientWhole = frames?.atBoundary === true
    if (frames !== null && frames.fault !== null) this.#refuseFrame(false)
  }

  close(code: number, why: TunnelEnd): void {
    if (this.#closing) return
    this.#closing = true
    this.end ||= why
    const text = why.replaceAll('-', ' ')
    const told = mayBeTold(this.#client, this.#backendFrames, this.#toClientWhole)
    if (told) this.#client.write(closeFrame(code, text, false))
    if (mayBeTold(this.#backend, this.#clientFrames, this.#toBackendWhole)) this.#backend.write(closeFrame(code, text, true))
    this.#backend.end()
    if (!told || this.#clientFrames?.closed === true) this.#client.end()
    // While the gateway stops, it is the drain time that ends the patience.
    if (why !== 'draining') this.#endWithin(closingMilliseconds)
    this.#client.resume()
    this.#backend.resume()
  }

  sweep(now: number): void {
    const { plan, credentialEnd, patience } = this.#parts
    if (this.#clientWriting.stalled(this.#client, now, patience)) return this.#giveUp('client-stalled')
    if (this.#backendWriting.stalled(this.#backend, now, patience)) return this.#giveUp('backend-stalled')
    if (this.#deadline <= now) return this.#expire(now)
    if (this.#closing) return
    const end = credentialEnd()
    if (end !== null) this.close(closeCodes.policyViolation, end)
    else if (this.#lifeEnd <= now) this.close(closeCodes.goingAway, 'life')
    else if (plan.idle > 0 && this.#lastActive + plan.idle <= now) this.close(closeCodes.goingAway, 'idle')
  }

  /** A client that is still taking the last of what it was sent gets it whole. */
  #expire(now: number): void {
    if (this.#client.writableLength > 0) this.#deadline = now + closingMilliseconds
    else this.#destroy()
  }

  clientClosed(): void {
    this.end ||= this.#closedInOrder ? 'closed' : 'client-gone'
    this.#backend.destroy()
    this.#parts.counts.ended(this.end)
    this.#parts.closed(this)
  }

  get #closedInOrder(): boolean {
    const { plan } = this.#parts
    if (plan.protocol === 'websocket') return this.#clientFrames?.closed === true || this.#backendFrames?.closed === true
    return this.#client.readableEnded && this.#backend.readableEnded
  }

  /** The client has sent all that it will send. */
  #clientEnded(): void {
    this.#backend.end()
    if (this.#closing) this.#client.end()
    else if (this.#clientFrames !== null) {
      this.end ||= this.#closedInOrder ? 'closed' : 'client-gone'
      this.#endWithin(closingMilliseconds)
    }
  }

  #backendEnded(): void {
    if (this.#closing) return
    this.#client.end()
    if (this.#clientFrames === null && !this.#backend.destroyed) return
    this.end ||= this.#closedInOrder ? 'closed' : 'backend-gone'
    this.#endWithin(closingMilliseconds)
  }

  #allowed(frames: number, bytes: number): boolean {
    if (this.#frameAllowance === null && this.#byteAllowance === null) return true
    const now = this.#parts.clock.monotonic()
    return this.#frameAllowance?.take(frames, now) !== false && this.#byteAllowance?.take(bytes, now) !== false
  }

  #refuseFrame(tooLarge: boolean): void {
    if (tooLarge) this.close(closeCodes.messageTooBig, 'frame-too-large')
    else this.close(closeCodes.protocolError, 'malformed-frame')
  }

  #endWithin(milliseconds: number): void {
    this.#deadline = Math.min(this.#deadline, this.#parts.time.now + milliseconds)
  }

  #giveUp(why: TunnelEnd): void {
    this.end ||= why
    this.#destroy()
  }

  #destroy(): void {
    this.#backend.destroy()
    this.#client.destroy()
  }
}

/**
 * Whether the gateway may write a Close of its own. `from`: the frames that this side gets. Not amid a frame, of which it would be taken
 * for a part, nor after a Close.
 */
function mayBeTold(to: Socket, from: FrameReader | null, whole: boolean): boolean {
  return from !== null && !from.closed && whole && to.writable
}

/** False: wait for the socket to drain. */
function passOn(to: Socket, frames: FrameReader | null, chunk: Buffer, end: number): boolean {
  if (!to.writable) return true
  if (frames !== null && frames.carried !== null) to.write(frames.carried)
  return end === 0 || writeCopy(to, chunk, 0, end)
}
