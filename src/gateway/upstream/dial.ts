/** Opens a connection to a backend; the returned socket is connecting. */
import { connect, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net'
import { type OnData, streamOptions } from '../read-buffer.ts'

export type Address = { readonly host: string; readonly port: number }

/**
 * `readyEvent` is when the socket may be used: a TLS socket is ready only after its handshake. `onData` is null where the bytes are taken
 * from the socket otherwise.
 */
export type Dial = {
  readonly readyEvent: 'connect' | 'secureConnect'
  readonly open: (address: Address, onData: OnData | null) => Socket
}

/** Looks a name up; the system's resolver where there is none. */
export type Lookup = LookupFunction | undefined

/** How connections to one https backend are made. */
export type TlsDialOptions = {
  /** PEM certificates; empty for those that Node trusts. */
  readonly authorities: readonly string[]
  readonly clientCertificate: ClientCertificateFiles | null
  /** The name that is asked for and verified; null for the address's host. */
  readonly serverName: string | null
  readonly protocol: 'http/1.1' | 'h2'
  readonly lookup: Lookup
  /** Takes what an operator should know, without secrets in it. */
  readonly warn: (problem: string) => void
}

/** Paths, and for messages the names of the settings that they come from. */
export type ClientCertificateFiles = { readonly certificate: string; readonly key: string; readonly settings: string }

/** Milliseconds that one address of a name is tried alone before the next one, of the other family, is tried as well (RFC 8305 §5). */
const attemptTimeout = 250

/** Names are looked up at each connection, so that a changed address is followed. */
export function addressOptions({ host, port }: Address, lookup: Lookup): TcpNetConnectOpts {
  // Said, because arguments of Node's change the defaults.
  const options = { host, port, noDelay: true, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: attemptTimeout }
  return lookup === undefined ? options : { ...options, lookup }
}

export function plainDial(lookup: Lookup): Dial {
  return {
    readyEvent: 'connect',
    open: (address, onData) => connect({ ...addressOptions(address, lookup), ...(onData === null ? {} : streamOptions(onData)) }),
  }
}
