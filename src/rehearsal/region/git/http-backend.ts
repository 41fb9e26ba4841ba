// Git's smart HTTP protocol: hands requests to `git http-backend`, a CGI program, and tells what a push changed.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { startPiped } from '../../../process';
import { GIT_ENVIRONMENT, type References, type Repositories } from './repositories';

/** One reference that a push created, moved or deleted. */
export interface ReferenceChange {
  /** `refs/heads/main`. */
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

export interface GitRequest {
  /** Name of the repository, as {@link Repositories} knows it. */
  readonly repository: string;
  /** What follows the repository in the request's path: `/info/refs`, `/git-upload-pack`, `/git-receive-pack`. */
  readonly path: string;
  readonly query: string;
  /** Who asks, for git's own log. */
  readonly user: string;
}

/** Whether a request reads or writes; the first request of a push says so as well. */
export function gitAccess({ path, query }: Pick<GitRequest, 'path' | 'query'>): 'pull' | 'push' {
  return path === '/git-receive-pack' || new URLSearchParams(query).get('service') === 'git-receive-pack'
    ? 'push'
    : 'pull';
}

/** Pushes to a repository, one after the other, so that what each changed is known. */
const pushes = new Map<string, Promise<unknown>>();

/**
 * Answers a request.
 * @returns what it changed; nothing unless it was a push
 */
export async function serveGit(
  repositories: Repositories,
  given: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<readonly ReferenceChange[]> {
  const folder = repositories.path(given.repository);
  if (given.path !== '/git-receive-pack') {
    await answer(folder, given, request, response);
    return [];
  }
  const push = async (): Promise<readonly ReferenceChange[]> => {
    const before = await repositories.references(given.repository);
    await answer(folder, given, request, response);
    return changes(before, await repositories.references(given.repository));
  };
  const result = (pushes.get(folder) ?? Promise.resolve()).then(push, push);
  pushes.set(folder, result);
  return result;
}

function changes(before: References, after: References): ReferenceChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, before: before.get(name), after: after.get(name) }))
    .filter((change) => change.before !== change.after);
}

async function answer(
  folder: string,
  given: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers, method = 'GET' } = request;
  const header = (name: string): string => headers[name]?.toString() ?? '';
  const backend = startPiped('git', ['http-backend'], {
    env: {
      ...GIT_ENVIRONMENT,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: given.path,
      QUERY_STRING: given.query,
      REQUEST_METHOD: method,
      REMOTE_USER: given.user,
      REMOTE_ADDR: '127.0.0.1',
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: header('content-length'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
    },
  });
  const sent = pipeline(request, backend.stdin).catch(() => undefined); // the backend may answer before it has read all
  await pipeline(
    backend.stdout,
    async function* (chunks: AsyncIterable<Buffer>) {
      let head: Buffer | undefined = Buffer.alloc(0);
      for await (const chunk of chunks) {
        if (head === undefined) {
          yield chunk;
          continue;
        }
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end === -1) continue;
        writeHead(response, head.subarray(0, end).toString('latin1'));
        yield head.subarray(end + 4);
        head = undefined;
      }
      if (head !== undefined) response.writeHead(500);
    },
    response,
  );
  await sent;
  await backend.exited;
}

/** The header lines of a CGI program: `Status` is the answer's status, the others are its headers. */
function writeHead(response: ServerResponse, lines: string): void {
  let status = 200;
  for (const line of lines.split('\r\n')) {
    const name = line.slice(0, line.indexOf(':'));
    const value = line.slice(line.indexOf(':') + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
