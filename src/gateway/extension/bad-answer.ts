/** What an extension has answered cannot be used; the message says why, without repeating anything of it. */
export class BadAnswer extends Error {}
