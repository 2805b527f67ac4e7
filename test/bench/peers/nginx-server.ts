import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from '../machine/programs.ts'
import { type ServerProcess, startServer } from '../machine/server-process.ts'
import type { PeerContext } from './peer.ts'

export const nginxMissing = async (): Promise<string | null> =>
  findProgram('nginx') === null ? 'nginx is not installed: apt-get install nginx' : null

/** What a peer adds to the plain proxy, by the block in which it stands. */
export type NginxAdditions = { readonly main: string; readonly http: string; readonly server: string; readonly location: string }

export async function startNginx(context: PeerContext, additions: NginxAdditions): Promise<ServerProcess> {
  const file = join(context.folder, 'nginx.conf')
  await mkdir(join(context.folder, 'temporary'))
  await writeFile(file, configuration(context, additions))
  const command = [findProgram('nginx') ?? 'nginx', '-p', context.folder, '-c', file, '-e', 'stderr']
  return startServer({ command, role: 'proxy', port: context.port, folder: context.folder })
}

/** Bodies are streamed, as a gateway does, through buffers that are large enough for it: nginx's own are meant for pages, and cost it twice the time. */
function configuration({ folder, port, backendPort, keepAlive, connections, transport }: PeerContext, additions: NginxAdditions): string {
  // It closes idle connections when fewer than a sixteenth of its places are free.
  const places = Math.ceil((connections + keepAlive) * 1.2)
  const { tls, http2 } = transport
  const words = `${tls === null ? '' : ' ssl'}${http2 ? ' http2' : ''}`
  const tlsLines =
    tls === null
      ? ''
      : `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key}; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:tls:10m;`
  return `
${additions.main}
# Its own user, where it has the choice: another one could not enter this folder.
${process.getuid?.() === 0 ? 'user root root;' : ''}
daemon off;
worker_processes 1;
worker_rlimit_nofile ${places + 100};
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections ${places}; }
http {
  ${additions.http}
  access_log off;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  client_body_temp_path ${folder}/temporary/body;
  proxy_temp_path ${folder}/temporary/proxy;
  fastcgi_temp_path ${folder}/temporary/fastcgi;
  uwsgi_temp_path ${folder}/temporary/uwsgi;
  scgi_temp_path ${folder}/temporary/scgi;
  upstream backend {
    server 127.0.0.1:${backendPort};
    keepalive ${keepAlive};
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port}${words} backlog=4096;
    ${tlsLines}
    http2_max_concurrent_streams 1000;
    ${additions.server}
    location / {
      ${additions.location}
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_request_buffering off;
      client_body_buffer_size 128k;
      proxy_buffer_size 8k;
      proxy_buffers 16 32k;
      proxy_max_temp_file_size 0;
    }
  }
}
`
}
