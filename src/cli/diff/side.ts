/** One side of a comparison: a project, a bundle, or either in a revision of a git repository. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { compile } from '../../compiler/compile.ts'
import { exitCodeFor, reportRejected } from '../compiled-project.ts'
import { Ended } from '../failures.ts'
import { visible } from '../formats/text.ts'
import { locate, locateProject, type Target } from '../locate.ts'
import { manifestOf } from '../manifest-of.ts'
import type { Report } from '../report.ts'
import { commitTime, parseRevision, type Revision, sameFolderAt, writeTree } from './git-revision.ts'
import type { WholeGateway } from './hidden.ts'

export type Side = WholeGateway & {
  /** As the user named it. */
  readonly name: string
  /** The project’s folder from the current one; empty where it is that one, or not known. Files are named below it. */
  readonly folder: string
}

/** A path comes before a revision of the same spelling. */
export async function sideOf(argument: string, now: Date, report: Report): Promise<Side> {
  const revision = existsSync(argument) ? null : parseRevision(argument)
  return revision === null ? sideIn(locate(argument), argument, now, report) : sideAt(revision, revision.tree, now, report)
}

/** A project as it was in a revision, and as it is now. */
export async function sidesSince(revision: string, project: string, now: Date, report: Report): Promise<readonly [Side, Side]> {
  const folder = locateProject(project)
  const before = await sideAt(sameFolderAt(revision, folder), revision, now, report)
  return [before, await sideIn({ kind: 'project', folder }, project, now, report)]
}

/** It is judged as of the day of its commit: keys and waivers that have ended since then held. */
async function sideAt(revision: Revision, name: string, now: Date, report: Report): Promise<Side> {
  const target = mkdtempSync(join(tmpdir(), 'postern-diff-'))
  try {
    const submodules = writeTree(revision, target)
    if (submodules.length > 0) report.note(visible(`${name} is looked at without its submodules: ${submodules.join(', ')}.`))
    const side = await sideIn(locate(target, name), name, commitTime(revision) ?? now, report)
    return { ...side, folder: revision.path }
  } finally {
    rmSync(target, { recursive: true, force: true })
  }
}

async function sideIn(target: Target, name: string, now: Date, report: Report): Promise<Side> {
  if (target.kind === 'bundle') {
    const manifest = await manifestOf(target, report)
    return { name, folder: '', manifest, gateway: readFileSync(join(target.folder, 'gateway.mjs'), 'utf8') }
  }
  const result = await compile({ projectFolder: target.folder, now })
  if (result.kind === 'rejected') {
    report.note(`${name}:`)
    reportRejected(result.diagnostics, report)
    throw new Ended(exitCodeFor(result.diagnostics))
  }
  const folder = relative(process.cwd(), target.folder).split(sep).join('/')
  return { name, folder, manifest: result.manifest, gateway: result.files['gateway.mjs'], cluster: result.project.kubernetes }
}
