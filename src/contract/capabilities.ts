/**
 * What a gateway can be made of, beyond routing and forwarding. The compiler decides from the plan which ones a bundle needs;
 * the generated entry imports exactly those, and the bundle guard checks that the others are absent.
 */
export type CapabilityName = 'jwt' | 'throttle' | 'https-backend' | 'wso2-errors'

/** One row for each capability: its module below src/gateway, and the name of its export. */
export const capabilityModules: Readonly<Record<CapabilityName, { readonly module: string; readonly exportName: string }>> = {
  jwt: { module: 'auth/jwt.ts', exportName: 'jwtCapability' },
  throttle: { module: 'throttle/throttle.ts', exportName: 'throttleCapability' },
  'https-backend': { module: 'upstream/tls.ts', exportName: 'tlsCapability' },
  'wso2-errors': { module: 'wso2-errors.ts', exportName: 'wso2ErrorsCapability' },
}
