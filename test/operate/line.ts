// The line to a region, which can be cut: whoever is at its other end is then as good as dead.
import { createConnection, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Region } from '../../src/rehearsal/region';

export interface Line {
  /** Leads by the line to the region. */
  readonly environment: Region['environment'];
  /** From now on nothing gets through. */
  cut(): void;
}

export async function line({ url, environment }: Region): Promise<Line> {
  const { port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection(Number(port), '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value.replaceAll(url, own)]),
    ),
    cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
