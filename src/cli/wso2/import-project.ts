/** A WSO2 API Microgateway 3.x project as a Postern project. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { projectNameFor } from '../project-scaffold.ts'
import { importBackends } from './backends.ts'
import { importCallers } from './callers.ts'
import { importCentralServices } from './central-services.ts'
import { Configuration } from './configuration.ts'
import { importDeployment } from './deployment.ts'
import type { Imported } from './imported.ts'
import { importIssuers } from './issuers.ts'
import { certificateExport, keyStoresOf } from './key-stores.ts'
import { importListeners } from './listeners.ts'
import { FileReader, filesIn, importFiles } from './project-files.ts'

const gatewayConfiguration = 'conf/micro-gw.conf'
const deploymentConfiguration = 'conf/deployment-config.toml'

/**
 * @param folder of the Microgateway project.
 * @param conf micro-gw.conf, which lies with the runtime; `null` for that in the project, if any.
 * @param certificates folder with PEM files named by alias; `null` for none.
 */
export function importProject(folder: string, conf: string | null, certificates: string | null): Imported {
  const imported: Imported = {
    project: { name: projectNameFor(basename(folder)), version: '1.0.0', apis: [], errors: 'wso2' },
    files: new Map(),
    outcomes: [],
    certificates: new Map(),
  }
  const reader = new FileReader()
  const files = filesIn(folder)
  const own = files.filter((file) => file !== gatewayConfiguration && file !== deploymentConfiguration)
  importFiles(folder, own, imported, reader)
  const confFile = conf ?? (files.includes(gatewayConfiguration) ? join(folder, gatewayConfiguration) : null)
  if (confFile === null)
    imported.outcomes.push({
      what: 'micro-gw.conf',
      at: 'not in the project',
      kind: 'not-supported',
      how: 'it lies with the runtime, nothing of it was read, and issuers, revocations, limits and TLS are in it: import again with `--config`',
    })
  const configuration = new Configuration('micro-gw.conf', confFile === null ? '' : reader.read(confFile).toString('utf8'))
  for (const part of [importListeners, importIssuers, importCallers, importCentralServices, importBackends]) part(configuration, imported)
  imported.outcomes.push(...configuration.outcomes)
  if (files.includes(deploymentConfiguration)) {
    const text = reader.read(join(folder, deploymentConfiguration)).toString('utf8')
    const deployment = new Configuration(deploymentConfiguration, text)
    importDeployment(deployment)
    imported.outcomes.push(...deployment.outcomes)
  }
  const { trusted } = keyStoresOf(configuration)
  for (const [alias, file] of imported.certificates) {
    const given = givenCertificate(alias, certificates)
    const certificate = { what: `certificate ${alias}`, at: file } as const
    if (given === null)
      imported.outcomes.push({
        ...certificate,
        kind: 'not-supported',
        how: `in the new project: ${certificateExport(trusted, alias, file)}`,
      })
    else {
      imported.files.set(file, reader.read(given))
      imported.outcomes.push({ ...certificate, kind: 'carried', how: `\`${file}\`` })
    }
  }
  return imported
}

/** Key stores cannot be read; whoever has exported a certificate gives it by the name of its alias, in that folder and nowhere else. */
function givenCertificate(alias: string, folder: string | null): string | null {
  if (folder === null || /[/\\\0]/.test(alias)) return null
  return ['pem', 'crt', 'cer'].map((extension) => join(folder, `${alias}.${extension}`)).find((path) => existsSync(path)) ?? null
}
