/** The capability that puts the gateway's own credential on requests to backends: the kinds that never change, and what all kinds share. */
import type { BackendCredentialCapability } from '../upstream/gateway-credential.ts'
import { constantCredential } from './constant-credential.ts'
import { CredentialBackend } from './credential-backend.ts'

export const backendCredentialCapability: BackendCredentialCapability = () => ({
  introduce: (backend, credential, clock) => new CredentialBackend(backend, credential, clock),
  constant: constantCredential,
})
