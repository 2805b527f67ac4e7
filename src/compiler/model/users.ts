/** The file that `users` of postern.yaml names: who may come with a password, which is there as a digest only. */

import type { PasswordPlan } from '../../contract/plan/user.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { readHeldScopes, readUnique } from './credential-entries.ts'
import { parsePasswordDigest } from './password-digest.ts'
import { checkProjectKeys, userKeys } from './project-keys.ts'
import type { User } from './types/user.ts'

const digestHint = 'Make a digest with `postern token --password`.'

/** @param node the whole file. A user with mistakes is left out, which is reported. */
export function readUsers(node: SourceNode, access: NodeAccess): readonly User[] | null {
  const root = access.object(node)
  if (root === null) return null
  access.checkKeys(root, ['users'])
  const names = new Map<string, SourceNode>()
  const list = access.required(root, 'users', (value) => access.array(value))
  return list?.items.map((item) => readUser(item, names, access)).filter((user) => user !== null) ?? null
}

function readUser(node: SourceNode, names: Map<string, SourceNode>, access: NodeAccess): User | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, userKeys, access)
  const name = access.required(object, 'name', (value) => readUnique(value, names, isName, access))
  const password = access.required(object, 'password', (value) => readPassword(value, access))
  const scopes = access.optional(object, 'scopes', (value) => readHeldScopes(value, access)) ?? []
  return name === null || password === null ? null : { name, password, scopes, at: object.at }
}

/** RFC 7617 §2: a colon would end the name; and clients cannot agree about control characters. */
function isName(text: string): boolean {
  return text.length <= 128 && !/[:\p{Cc}]/u.test(text) && text === text.normalize('NFC')
}

function readPassword(node: SourceNode, access: NodeAccess): PasswordPlan | null {
  const text = access.text(node)
  if (text === null) return null
  const digest = parsePasswordDigest(text)
  if (digest === null) return access.refuse(node, '`password` is no digest that the gateway takes', digestHint)
  if (digest.kind !== 'scrypt') {
    const message = `the digest is ${digest.kind} without salt: whoever reads it finds the password quickly`
    access.diagnostics.report('weak-digest', node.at, message)
  }
  return digest
}
