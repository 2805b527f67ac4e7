/** Refusals in WSO2's form. */
import type { RefusalKind } from '../../contract/refusals.ts'

/** Body and media type of a refusal in WSO2's form; XML where `accept` prefers it. */
export type Wso2ErrorsCapability = (kind: RefusalKind, accept: string) => { readonly contentType: string; readonly body: string }
