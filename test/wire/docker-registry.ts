/** A real registry (Debian's docker-registry), on a free port of this machine. */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnOwned } from '../owned-process.ts'
import type { Issued } from './authority.ts'
import { freePort } from './free-port.ts'
import { killed } from './killed.ts'
import { serving } from './serving.ts'

const missing = ['docker-registry', 'skopeo'].find((program) => spawnSync(program, ['--version']).error !== undefined)

export const registryIsMissing: string | false = missing === undefined ? false : `${missing} is not installed`

type RegistryOptions = {
  /** Where images are; several registries may have the same. */
  readonly storage: string
  readonly tls?: Issued
  /** Of its configuration: YAML in one line. */
  readonly auth?: string
}

export class DockerRegistry {
  /** Host and port, as in names of images. */
  readonly name: string
  readonly #folder: string
  readonly #process: ChildProcess

  private constructor(name: string, folder: string, child: ChildProcess) {
    this.name = name
    this.#folder = folder
    this.#process = child
  }

  static async start({ storage, tls, auth }: RegistryOptions): Promise<DockerRegistry> {
    const folder = mkdtempSync(join(tmpdir(), 'postern-registry-'))
    const port = await freePort()
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    if (tls !== undefined) {
      writeFileSync(cert, tls.cert)
      writeFileSync(key, tls.key)
    }
    const lines = [
      'version: 0.1',
      'log: { level: error }',
      `storage: { filesystem: { rootdirectory: ${storage} } }`,
      `http: { addr: '127.0.0.1:${port}', secret: for-this-test${tls === undefined ? '' : `, tls: { certificate: ${cert}, key: ${key} }`} }`,
      ...(auth === undefined ? [] : [`auth: ${auth}`]),
    ]
    writeFileSync(join(folder, 'config.yml'), lines.join('\n'))
    const child = spawnOwned('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' })
    const registry = new DockerRegistry(`localhost:${port}`, folder, child)
    try {
      await serving(child, port, 'docker-registry')
    } catch (error) {
      await registry.end()
      throw error
    }
    return registry
  }

  /** Copies an OCI layout there, with all that is in it. */
  push(layout: string, image: string, ...options: readonly string[]): void {
    const target = `docker://${this.name}/${image}`
    const { status, stderr } = spawnSync(
      'skopeo',
      ['--insecure-policy', 'copy', '--all', '--dest-tls-verify=false', ...options, `oci:${layout}`, target],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`skopeo: ${stderr}`)
  }

  async end(): Promise<void> {
    await killed(this.#process)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
