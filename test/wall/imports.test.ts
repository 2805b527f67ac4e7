/** What the gateway's source reaches by static imports: its own room, the contract, Node, and packages each inside its capability. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { capabilityModules } from '../../src/contract/capabilities.ts'

const source = resolve(import.meta.dirname, '../../src')

/** Specifiers that are still there when the types are gone. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  // Part of Node may be loaded when it is needed; nothing else is imported at run time.
  assert.doesNotMatch(text, /\bimport\((?!'node:[a-z0-9/_]+'\))/, `${file} imports something at run time`)
  const statements = text.matchAll(/^(?:import|export)\s(?!type\b)(?:[^'";]*?\sfrom\s)?'([^']+)'/gm)
  return [...statements].map(([, specifier = '']) => specifier)
}

type Reached = { readonly files: ReadonlySet<string>; readonly packages: ReadonlyMap<string, string> }

/** Files below src/, and packages each with a file that imports it. */
function reachedFrom(entry: string): Reached {
  const files = new Set([entry])
  const packages = new Map<string, string>()
  for (const file of files) {
    for (const specifier of importsOf(join(source, file))) {
      if (specifier.startsWith('.')) files.add(relative(source, resolve(source, dirname(file), specifier)))
      else if (!isBuiltin(specifier)) packages.set(specifier, file)
    }
  }
  return { files, packages }
}

test('the gateway reaches nothing but itself and the contract', () => {
  for (const entry of [
    'gateway/main.ts',
    'gateway/start-bundle.ts',
    ...Object.values(capabilityModules).map(({ module }) => `gateway/${module}`),
  ]) {
    const { files, packages } = reachedFrom(entry)
    assert.deepEqual(
      [...files].filter((file) => !/^(?:gateway|contract)\//.test(file)),
      [],
      entry,
    )
    assert.deepEqual(
      [...packages].filter(([name]) => !['jose', '@redis/client', 'amqplib', 'rhea'].includes(name)),
      [],
      entry,
    )
  }
})

test('the core of the gateway reaches no capability', () => {
  const { files, packages } = reachedFrom('gateway/start-bundle.ts')
  assert.ok(files.has('gateway/listener/listener.ts') && files.has('contract/refusals.ts'))
  for (const { owns } of Object.values(capabilityModules)) {
    assert.deepEqual(
      [...files].filter((file) => file.startsWith(`gateway/${owns}`)),
      [],
    )
  }
  assert.deepEqual([...packages], [])
})

test('a capability reaches no other one', () => {
  for (const [name, { module, packages: allowed }] of Object.entries(capabilityModules)) {
    const { files, packages } = reachedFrom(`gateway/${module}`)
    const others = Object.entries(capabilityModules).filter(([other]) => other !== name)
    assert.deepEqual(
      [...files].filter((file) => others.some(([, { owns }]) => file.startsWith(`gateway/${owns}`))),
      [],
      name,
    )
    assert.deepEqual(
      [...packages.keys()].filter((specifier) => !allowed.includes(specifier)),
      [],
      name,
    )
  }
})

test('the contract imports nothing but itself', () => {
  for (const file of globSync('contract/**/*.ts', { cwd: source })) {
    assert.deepEqual(
      importsOf(join(source, file)).filter((specifier) => !specifier.startsWith('./')),
      [],
      file,
    )
  }
})

test('of the gateway, the command line takes what publishes revocations, and nothing else', () => {
  for (const file of globSync('cli/**/*.ts', { cwd: source })) {
    const text = readFileSync(join(source, file), 'utf8')
    const taken = [...text.matchAll(/'(?:\.\.\/)+gateway\/([^']+)'/g)].map(([, path = '']) => path)
    assert.deepEqual(
      taken.filter((path) => !/^(?:feeds|publish-[a-z0-9]+)\//.test(path)),
      [],
      file,
    )
  }
})

test('images are made of the contract and archives, and nothing else', () => {
  const { files, packages } = reachedFrom('image/write-image.ts')
  assert.ok(files.has('image/host-base.ts') && files.has('image/find-node.ts'))
  assert.deepEqual(
    [...files].filter((file) => !/^(?:image|contract)\//.test(file)),
    [],
  )
  assert.deepEqual([...packages.keys()], ['modern-tar'])
})

test('the compiler reaches neither the gateway nor the command line', () => {
  const { files } = reachedFrom('compiler/compile.ts')
  assert.ok(files.has('compiler/bundle/make-gateway.ts'))
  assert.deepEqual(
    [...files].filter((file) => !/^(?:compiler|contract)\//.test(file)),
    [],
  )
})
