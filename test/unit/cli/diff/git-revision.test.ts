/** What is taken out of a revision of a git repository, and when that was committed. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { commitTime, sameFolderAt, writeTree } from '../../../../src/cli/diff/git-revision.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

const skip = spawnSync('git', ['--version']).status === 0 ? false : 'git is not installed'

/** A repository with the folder `shop`, committed at that time; `git` asks it. */
function repository(t: TestContext, committed: string): { shop: string; git: (...args: string[]) => string } {
  const folder = temporaryFolder(t)
  const shop = join(folder, 'shop')
  const identity = ['user.name=test', 'user.email=test@example.com', 'commit.gpgsign=false'].flatMap((each) => ['-c', each])
  const dates = { GIT_COMMITTER_DATE: committed, GIT_AUTHOR_DATE: '2001-01-01T00:00:00Z' }
  const git = (...args: string[]): string =>
    execFileSync('git', [...identity, ...args], { cwd: folder, env: { ...process.env, ...dates }, encoding: 'utf8' }).trim()
  mkdirSync(shop)
  writeFileSync(join(shop, 'postern.yaml'), 'name: shop\n')
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', 'shop')
  git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},shop/definitions`)
  git('update-index', '--add', '--cacheinfo', `160000,${'2'.repeat(40)},elsewhere`)
  git('commit', '--quiet', '--message', 'first')
  return { shop, git }
}

test('files are written, and submodules below the folder are named as left out', { skip }, (t) => {
  const { shop } = repository(t, '2026-01-02T03:04:05Z')
  const target = temporaryFolder(t)
  assert.deepEqual(writeTree(sameFolderAt('main', shop), target), ['definitions'])
  assert.deepEqual(readdirSync(target), ['postern.yaml'])
  assert.equal(readFileSync(join(target, 'postern.yaml'), 'utf8'), 'name: shop\n')
})

test('a revision is of the time of its commit, whenever it was written and whatever its name', { skip }, (t) => {
  const { shop, git } = repository(t, '2026-01-02T03:04:05+02:00')
  git('tag', '--annotate', '--message', 'released', 'v1')
  const hash = git('rev-parse', 'main')
  for (const revision of ['main', 'HEAD', 'v1', hash]) {
    assert.deepEqual(commitTime(sameFolderAt(revision, shop)), new Date('2026-01-02T01:04:05Z'), revision)
  }
})

test('a tree that nobody committed has no time', { skip }, (t) => {
  const { shop, git } = repository(t, '2026-01-02T03:04:05Z')
  assert.equal(commitTime(sameFolderAt(git('write-tree'), shop)), null)
})
