import type { PasswordPlan } from '../../../contract/plan/user.ts'
import type { Location } from '../../source/location.ts'

export type User = { readonly name: string; readonly password: PasswordPlan; readonly scopes: readonly string[]; readonly at: Location }
