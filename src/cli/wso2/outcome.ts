/** What becomes of one thing in a WSO2 API Microgateway project. Values never stand here: many are secret. */

export type Outcome = {
  /** A setting of a configuration file, or a file of the project. */
  readonly what: string
  /** `file:line`, or the file. */
  readonly at: string
  /** `differs`: it is carried over, and does not mean quite the same. */
  readonly kind: 'carried' | 'differs' | 'not-supported'
  /** What it became, what is different, or why it is not there and what to do. */
  readonly how: string
}
