/**
 * Who is calling, as far as counting goes: application or client, else subject, else certificate, else address. One object lives as long as its
 * verified token or connection, so that what is derived from it is derived once.
 */
export class Consumer {
  /** Unique text with its kind in front: `application:17`, `client:abc`, `subject:alice`, `certificate:ab12`, `address:192.0.2.1`. */
  readonly key: string
  /** 64-bit keyed hash of `key`, filled in by the throttle step when it first needs it. */
  hashed: boolean = false
  hashLow: number = 0
  hashHigh: number = 0

  constructor(key: string) {
    this.key = key
  }
}
