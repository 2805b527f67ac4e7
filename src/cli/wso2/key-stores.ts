/**
 * Commands that get out of a Microgateway's key stores what Postern reads as PEM. Key stores themselves are not read: keytool, which comes
 * with the Java that the Microgateway needs, reads them all, and asks for the password.
 */
import { dirname } from 'node:path/posix'
import type { Configuration } from './configuration.ts'

const runtimeHome = '${mgw-runtime.home}'

/** What private keys are put into, by the commands below. */
type PrivateFile = 'tls.pem' | 'backend.pem' | 'backend-token.pem'

/** Lines of .gitignore. */
export const privateFiles: readonly (PrivateFile | '*.p12')[] = ['*.p12', 'tls.pem', 'backend.pem', 'backend-token.pem']

/** Paths as the configuration has them; those that the Microgateway ships where it says nothing. */
export type KeyStores = {
  /** Its own keys: what clients see by TLS, and what tokens for backends are signed with. */
  readonly keys: string
  /** What it trusts: issuers of tokens and API keys, holders of certificates, backends. */
  readonly trusted: string
}

export function keyStoresOf(conf: Configuration, table = 'listenerConfig'): KeyStores {
  const security = `${runtimeHome}/runtime/bre/security`
  return {
    keys: conf.text(`${table}.keyStorePath`) ?? `${security}/ballerinaKeystore.p12`,
    trusted: conf.text(`${table}.trustStorePath`) ?? `${security}/ballerinaTruststore.p12`,
  }
}

/** One certificate, into a file. */
export function certificateExport(store: string, alias: string, file: string): string {
  return told(`${inFolderOf(file)}keytool -exportcert -rfc -keystore ${quoted(store)} -alias ${quoted(alias)} -file ${quoted(file)}`, store)
}

/** All certificates, into one file. */
export function certificatesExport(store: string, file: string): string {
  return told(
    `${inFolderOf(file)}keytool -list -rfc -keystore ${quoted(store)} | sed -n '/BEGIN CERT/,/END CERT/p' > ${quoted(file)}`,
    store,
  )
}

/** The SHA-256 of a certificate. */
export function thumbprint(store: string, alias: string): string {
  return told(`keytool -list -keystore ${quoted(store)} -alias ${quoted(alias)}`, store)
}

/** The private key of an alias, into a file, with its certificates. */
export function keyExport(store: string, alias: string, file: PrivateFile): string {
  const p12 = `${file}.p12`
  const one = `keytool -importkeystore -srckeystore ${quoted(store)} -srcalias ${quoted(alias)} -destkeystore ${quoted(p12)} -deststoretype PKCS12`
  return told(`${one} && openssl pkcs12 -in ${quoted(p12)} -nodes -out ${quoted(file)}`, store)
}

function told(command: string, store: string): string {
  return `\`${command}\`${store.includes(runtimeHome) ? `, with the folder of its runtime for \`${runtimeHome}\`` : ''}`
}

/** A new project has no folder that nothing was put into. */
function inFolderOf(file: string): string {
  const folder = dirname(file)
  return folder === '.' ? '' : `mkdir -p ${quoted(folder)} && `
}

/** One word for a shell, whatever is in it. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
