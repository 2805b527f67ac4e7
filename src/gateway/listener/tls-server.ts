/**
 * TLS for clients: makes of an accepted connection one whose bytes are in the clear. TLS 1.2 and 1.3, forward secrecy and authenticated
 * encryption only, sessions resumed by tickets, no renegotiation, no data before the handshake is complete. node:tls is loaded only where
 * the settings name certificates.
 */
import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Server, TLSSocket, TlsOptions } from 'node:tls'
import type { Log } from '../observability/log.ts'
import type { TlsFailures } from '../observability/tls-metrics.ts'
import { awaitFirstBytes, forgetEnds } from './accepted-socket.ts'
import { transportOf } from './certificate-of.ts'
import { TlsCertificates } from './tls-certificates.ts'
import { handshakeFailure } from './tls-failure.ts'
import type { ServerCertificate, TlsFiles } from './tls-files.ts'
import type { Transport } from './transport.ts'

/** In the gateway's order of preference: those of TLS 1.3, then of TLS 1.2 those with ECDHE and AEAD (RFC 9325 §4.2). */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

type Secured = (socket: TLSSocket, transport: Transport) => void

type Waiting = {
  readonly socket: Socket
  readonly secured: Secured
  readonly ended: () => void
  /** node:tls has it, and tells how it ends. */
  begun: boolean
  expired: boolean
}

/** Bytes of a name, a key for the MAC and one for the cipher that session tickets are sealed with. */
export const ticketKeysLength = 48

/** node:tls has a time limit of its own, of two minutes; the sweep looks after handshakes, so that this one never ends one. */
const never = 2 ** 31 - 1

export type TlsServerOptions = {
  readonly files: TlsFiles
  /** What may be chosen by ALPN, the best first. */
  readonly protocols: readonly string[]
  /** PEM certificates of the authorities whose clients are believed; without any, clients are not asked for a certificate. */
  readonly clientAuthorities: readonly string[]
  /** Shared by threads, so that each resumes the sessions of the others. */
  readonly ticketKeys: Buffer
  readonly log: Log
  readonly failures: TlsFailures
  /** Monotonic milliseconds. */
  readonly now: number
}

export class TlsServer {
  readonly certificates: TlsCertificates
  readonly #server: Server
  readonly #options: TlsOptions
  readonly #waiting: Map<string, Waiting> = new Map()
  readonly #failures: TlsFailures
  /** Handshakes ended for their deadline whose end node:tls has not yet told of. */
  #expired: number = 0

  private constructor(tls: typeof import('node:tls'), options: TlsServerOptions) {
    this.#failures = options.failures
    this.#options = {
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      ciphers,
      honorCipherOrder: true,
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      ticketKeys: options.ticketKeys,
      // The default is made of the process' arguments, which threads need not share.
      sessionIdContext: 'postern',
      handshakeTimeout: never,
      ...(options.clientAuthorities.length === 0
        ? {}
        : // Whose certificate is not good is refused by the operations that ask for one, and may use the others.
          { requestCert: true, rejectUnauthorized: false, ca: [...options.clientAuthorities], allowPartialTrustChain: true }),
    }
    const makeContext = ({ chain, key }: ServerCertificate) => tls.createSecureContext({ ...this.#options, cert: chain, key })
    this.certificates = new TlsCertificates(options.files, makeContext, options.log, options.now)
    const { chain, key } = this.certificates.default
    this.#server = tls.createServer({
      ...this.#options,
      cert: chain,
      key,
      ALPNProtocols: [...options.protocols],
      SNICallback: (serverName, done) => done(null, this.certificates.contextFor(serverName)),
    })
    this.#server.on('secureConnection', (socket) => this.#secured(socket))
    this.#server.on('tlsClientError', (error) => this.#failed(error))
  }

  /** Rejects with a TlsFileError when a certificate or key cannot be used. */
  static async make(options: TlsServerOptions): Promise<TlsServer> {
    return new TlsServer(await import('node:tls'), options)
  }

  /**
   * Begins the handshake, and calls `secured` when it has succeeded, or `closed` when the connection has ended before that. Returns the
   * connection, in place of the accepted one.
   */
  handshake(accepted: Socket, secured: Secured, closed: () => void): Socket {
    const socket = awaitFirstBytes(accepted, () => this.#begin(waiting))
    const peer = peerOf(socket)
    const ended = (): void => {
      const { begun, expired } = waiting
      if (this.#waiting.get(peer) === waiting) this.#waiting.delete(peer)
      if (!begun && !expired) this.#failures.handshakeFailed('closed')
      closed()
    }
    const waiting: Waiting = { socket, secured, ended, begun: false, expired: false }
    this.#waiting.set(peer, waiting)
    socket.on('close', ended)
    // node:tls tells what goes wrong, and does not destroy what it has not yet made its own.
    socket.on('error', destroy)
    return socket
  }

  #begin(waiting: Waiting): void {
    waiting.begun = true
    this.#server.emit('connection', waiting.socket)
  }

  /** The handshake on this connection, which is about to be closed, has not ended in time. */
  expired(socket: Socket): void {
    this.#failures.handshakeFailed('timeout')
    const waiting = this.#waiting.get(peerOf(socket))
    if (waiting?.socket !== socket) return
    waiting.expired = true
    if (waiting.begun) this.#expired++
  }

  /** Called a few times a second. */
  sweep(now: number): void {
    if (!this.certificates.sweep(now)) return
    const { chain, key } = this.certificates.default
    this.#server.setSecureContext({ ...this.#options, cert: chain, key })
  }

  #secured(socket: TLSSocket): void {
    const peer = peerOf(socket)
    const waiting = this.#waiting.get(peer)
    this.#waiting.delete(peer)
    if (waiting === undefined) {
      socket.destroy()
      return
    }
    // What the handshake needed is not kept as long as the connection.
    waiting.socket.off('close', waiting.ended)
    forgetEnds(waiting.socket)
    resetBelow(socket, waiting.socket)
    waiting.secured(socket, transportOf(socket))
  }

  #failed(error: NodeJS.ErrnoException): void {
    const reason = handshakeFailure(error)
    // That it did not end in time has been counted; which of the two closed ones it was makes no difference to the count.
    if (reason === 'closed' && this.#expired > 0) this.#expired--
    else this.#failures.handshakeFailed(reason)
  }
}

/**
 * Tells a connection from all others that are open, by both its ends, since one port of a client may have connections to several addresses
 * of the gateway: node:tls does not say which accepted one a secured one was made of. Those that have gone already are all alike, and none
 * of them is ever secured.
 */
function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress} ${socket.localPort}`
}

function destroy(this: Socket): void {
  this.destroy()
}

/** Only the connection below can be reset; node:tls has no way to it. */
function resetBelow(secured: TLSSocket, below: Socket): void {
  secured.resetAndDestroy = () => {
    below.resetAndDestroy()
    return secured
  }
}
