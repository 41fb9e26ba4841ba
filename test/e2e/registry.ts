// A package registry on loopback that serves the packages given to it, and no other.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { manifestOf, pack } from './packed';

export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param dirs folders of the packages
 * @param work a folder for their tarballs
 */
export async function startRegistry(dirs: readonly string[], work: string): Promise<Registry> {
  const documents = new Map<string, (origin: string) => object>();
  const tarballs = new Map<string, Buffer>();
  for (const dir of dirs) {
    const manifest = manifestOf(dir);
    const bytes = readFileSync((await pack(dir, work)).tarball);
    const path = `/-/${encodeURIComponent(manifest.name)}.tgz`;
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    tarballs.set(path, bytes);
    documents.set(`/${encodeURIComponent(manifest.name)}`, (origin) => ({
      name: manifest.name,
      'dist-tags': { latest: manifest.version },
      versions: { [manifest.version]: { ...manifest, dist: { tarball: `${origin}${path}`, integrity } } },
    }));
  }
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const tarball = tarballs.get(path);
    const document = documents.get(path)?.(`http://${request.headers.host ?? ''}`);
    if (tarball) response.end(tarball);
    else if (document) response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
    else response.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server has an address of this type.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
