/** A WSO2 API Microgateway 3.x project as a Postern project. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { projectNameFor } from '../project-scaffold.ts'
import { readUserFile } from '../user-file.ts'
import { importBackends } from './backends.ts'
import { importCallers } from './callers.ts'
import { importCentralServices } from './central-services.ts'
import { Configuration } from './configuration.ts'
import { importDeployment } from './deployment.ts'
import type { Imported } from './imported.ts'
import { importIssuers } from './issuers.ts'
import { importListeners } from './listeners.ts'
import { filesIn, importFiles } from './project-files.ts'

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
  const files = filesIn(folder)
  const own = files.filter((file) => file !== gatewayConfiguration && file !== deploymentConfiguration)
  importFiles(folder, own, imported)
  const confFile = conf ?? (files.includes(gatewayConfiguration) ? join(folder, gatewayConfiguration) : null)
  const configuration = new Configuration('micro-gw.conf', confFile === null ? '' : readUserFile(confFile).toString('utf8'))
  for (const part of [importListeners, importIssuers, importCallers, importCentralServices, importBackends]) part(configuration, imported)
  imported.outcomes.push(...configuration.outcomes)
  if (files.includes(deploymentConfiguration)) {
    const deployment = new Configuration(deploymentConfiguration, readFileSync(join(folder, deploymentConfiguration), 'utf8'))
    importDeployment(deployment)
    imported.outcomes.push(...deployment.outcomes)
  }
  for (const [alias, file] of imported.certificates) takeCertificate(alias, file, certificates, imported)
  return imported
}

/** Keystores cannot be read; whoever has exported a certificate gives it by the name of its alias, in that folder and nowhere else. */
function takeCertificate(alias: string, file: string, folder: string | null, imported: Imported): void {
  const given =
    folder === null || /[/\\\0]/.test(alias)
      ? null
      : ['pem', 'crt', 'cer'].map((extension) => join(folder, `${alias}.${extension}`)).find((path) => existsSync(path))
  const what = `certificate ${alias}`
  if (given === null || given === undefined) {
    const how = `export it from the key store: \`keytool -exportcert -rfc -keystore <store> -alias ${alias} -file ${file}\``
    imported.outcomes.push({ what, at: file, kind: 'not-supported', how })
    return
  }
  imported.files.set(file, readUserFile(given))
  imported.outcomes.push({ what, at: file, kind: 'carried', how: `\`${file}\`` })
}
