/** Users and their passwords. */

/** Costs as in RFC 7914 §2; salt and hash in base64url, hashes of the other kinds in hex. */
export type PasswordPlan =
  | {
      readonly kind: 'scrypt'
      readonly cost: number
      readonly blockSize: number
      readonly parallelization: number
      readonly salt: string
      readonly hash: string
    }
  | { readonly kind: 'sha256' | 'sha512'; readonly hash: string }

export type UserPlan = { readonly name: string; readonly password: PasswordPlan; readonly scopes: readonly number[] }
