/** What JSON must escape, and halves of surrogate pairs, which have no UTF-8 form. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/

/** What stands between the quotes of a JSON string. Nearly every text on the path needs no escape and is returned as it is. */
export function jsonContent(text: string): string {
  return special.test(text) ? JSON.stringify(text).slice(1, -1) : text
}
