/** The memory that a gateway may take when all that it bounds is used up: docs/operating.md, "Capacity". */
import type { ClusterGateway } from './cluster-gateway.ts'

const mebibyte = 1024 * 1024

/** Bytes of a gateway that does nothing yet, and of each further thread. */
const idle = 96 * mebibyte
const ofThread = 20 * mebibyte
/** Of the tokens that each thread remembers. */
const ofTokens = 32 * mebibyte
const ofConnection = 20_000
const ofCounter = 64
const ofRevocation = 22

/** A quantity of Kubernetes. */
export function memoryOf({ plan, project, kubernetes }: ClusterGateway): string {
  const threads = Number(kubernetes.settings.get('POSTERN_WORKERS')?.value ?? 1)
  const bytes =
    idle +
    (threads - 1) * ofThread +
    (plan.issuers.length > 0 ? threads * ofTokens : 0) +
    plan.limits.maxConnections * ofConnection +
    (plan.throttling.limits.length > 0 ? plan.throttling.capacity * ofCounter : 0) +
    (project.revocation === null ? 0 : project.limits.maxRevocations * ofRevocation)
  return `${Math.ceil(bytes / (64 * mebibyte)) * 64}Mi`
}
