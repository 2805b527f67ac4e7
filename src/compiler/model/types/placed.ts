/** Values, and where they are written. */
import type { Location } from '../../source/location.ts'

/** A value with the place it comes from. */
export type Placed<T> = { readonly value: T; readonly at: Location }

/** A value that perhaps nobody wrote: `at` is then null, and the value the default. */
export type Decided<T> = { readonly value: T; readonly at: Location | null }
