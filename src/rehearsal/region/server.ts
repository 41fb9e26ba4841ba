// The HTTP side of the region: one server on loopback, which hands each request to the service that it is signed for.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Caller } from './service';

/** One AWS service, or the part of it that has a protocol of its own. */
export interface Service {
  /**
   * Answers a request.
   * @param caller whoever signed the request
   * @param onOperation told what the request is for (`s3:PutObject`), as soon as that is known
   * @throws AwsError, or whatever went wrong, when it cannot
   */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    onOperation: (name: string) => void,
  ): Promise<void>;
  /** Answers with an error, as the protocol writes one. */
  refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void | Promise<void>;
}

/** The address cannot be listened on. */
export class RegionStartError extends Error {
  override readonly name = 'RegionStartError';
}

/**
 * Listens on loopback, and nowhere else.
 * @param port 0 for any that is free
 * @throws RegionStartError
 */
export async function listen(port: number): Promise<{ server: Server; url: string }> {
  const server = createServer();
  // Clients keep connections; one that the server closes while a request is on its way looks like a fault.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${error.message})`;
      reject(
        new RegionStartError(`Port ${port} of 127.0.0.1 ${reason}: choose another, or none for any that is free.`),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return { server, url: `http://127.0.0.1:${actual}` };
}

/** Stops listening and drops the connections that are left. */
export async function stopListening(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  server.closeAllConnections();
  await closed;
}
