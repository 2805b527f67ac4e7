/** What an operator gives at start. */

/** Text with settings in it: the parts are concatenated at start, when the settings are known. */
export type SettingText = readonly (string | { readonly setting: string })[]

/** A value that the operator gives at start, as an environment variable. */
export type SettingPlan = {
  readonly name: string
  /** `null`: required; the gateway does not start without it. */
  readonly default: string | null
  /** What it is for, in words, for messages and the manifest: e.g. `backend of petstore`. */
  readonly usedFor: readonly string[]
}
