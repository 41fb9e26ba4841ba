// Git over HTTP as three hosts: CodeCommit, the address of a connection, and the host that people clone from.
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../access';
import { assumed, behavioursOf, documented } from '../behaviour';
import { AwsError } from '../errors';
import type { Service } from '../server';
import { arnOf } from '../setting';
import { gitAccess, serveGit, type ReferenceChange } from './http-backend';
import { inCodeCommit, onHost, type GitWorld } from './world';

export const GIT_BEHAVIOURS = behavioursOf('git', [
  documented(
    'CodeCommit: https://git-codecommit.REGION.amazonaws.com/v1/repos/NAME.',
    'CodeCommit User Guide, "Setup for HTTPS users"',
  ),
  assumed(
    'A connection: https://codeconnections.REGION.amazonaws.com/git-http/ACCOUNT/REGION/CONNECTION/OWNER/NAME.git, as AWS’s own sample templates write it.',
  ),
  documented(
    'CodeCommit tells EventBridge of each branch that is created, moved or deleted.',
    'CodeCommit User Guide, "Monitoring CodeCommit events in Amazon EventBridge"',
  ),
  assumed('Git’s own configuration leads these addresses, and every other https address, to this machine.'),
  assumed('The user name is an access key of the region; the password is not looked at.'),
  assumed('A connection that is not AVAILABLE: 403.'),
]);

/** Prefixes of the paths that git asks for. */
export const GIT_PATHS = ['/v1/repos/', '/git-http/', '/hosts/'];

interface Place {
  /** Name of the repository in {@link GitWorld.git}. */
  readonly repository: string;
  /** What follows it in the path. */
  readonly rest: string;
  /** @throws AwsError when the principal may not, for a reason other than its policies */
  admit(access: 'pull' | 'push', caller: Parameters<Service['answer']>[2]): void;
  pushed(changes: readonly ReferenceChange[], principal: Principal): void;
}

export function gitService(world: GitWorld): Service {
  return {
    async answer(request, response, _anyone, onOperation) {
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const place = placeOf(world, decodeURIComponent(path));
      if (!world.git.has(place.repository)) throw new AwsError('NotFound', `There is no repository ${path}.`, 404);
      const access = gitAccess({ path: place.rest, query });
      onOperation(`git:${access}`);
      const principal = whoAsks(world, request);
      if (principal === undefined) throw new AwsError('Unauthorized', 'Git has to say who asks.', 401);
      place.admit(access, world.apis.as(principal));
      const given = { repository: place.repository, path: place.rest, query, user: principal.arn };
      place.pushed(await serveGit(world.git, given, request, response), principal);
    },
    refuse(_request, response, error) {
      const status = error instanceof AwsError ? error.status : 500;
      if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="rehearsal"');
      response.writeHead(status, { 'Content-Type': 'text/plain' });
      response.end(error instanceof Error ? `${error.message}\n` : String(error));
    },
  };
}

/** `Basic USER:PASSWORD`, where the user is an access key; a session's token follows it after a percent sign. */
function whoAsks({ principals }: GitWorld, { headers }: IncomingMessage): Principal | undefined {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (basic === undefined) return undefined;
  const [user = ''] = Buffer.from(basic, 'base64').toString('utf8').split(/[:%]/);
  return principals.find(user);
}

function placeOf(world: GitWorld, path: string): Place {
  const rest = '(?<rest>/(?:info/refs|git-upload-pack|git-receive-pack))$';
  const named = (pattern: string) => new RegExp(`^${pattern}${rest}`).exec(path)?.groups;

  const codecommit = named('/v1/repos/(?<name>[^/]+)');
  if (codecommit) return codecommitPlace(world, codecommit.name ?? '', codecommit.rest ?? '');
  const connected = named('/git-http/(?<account>[^/]+)/(?<region>[^/]+)/(?<connection>[^/]+)/(?<name>.+?)(?:\\.git)?');
  if (connected) return connectedPlace(world, connected.connection ?? '', connected.name ?? '', connected.rest ?? '');
  const hosted = named('/hosts/[^/]+/(?<name>.+?)(?:\\.git)?');
  if (hosted) {
    const { name = '', rest: tail = '' } = hosted;
    return { repository: onHost(name), rest: tail, admit: () => undefined, pushed: tellHost(world, name) };
  }
  throw new AwsError('NotFound', `There is no repository at ${path}.`, 404);
}

function codecommitPlace(world: GitWorld, name: string, rest: string): Place {
  const resources = [arnOf(world, 'codecommit', name)];
  return {
    repository: inCodeCommit(name),
    rest,
    admit(access, caller) {
      caller.requires({ action: access === 'push' ? 'codecommit:GitPush' : 'codecommit:GitPull', resources });
    },
    pushed(changes, principal) {
      for (const change of changes) emitChange(world, name, change, principal);
    },
  };
}

function connectedPlace(world: GitWorld, id: string, name: string, rest: string): Place {
  return {
    repository: onHost(name),
    rest,
    admit(_access, caller) {
      const found = world.connections.all().find(({ ConnectionArn }) => ConnectionArn.endsWith(`/${id}`));
      if (found?.ConnectionStatus !== 'AVAILABLE') {
        const what = found === undefined ? 'is none' : `is ${found.ConnectionStatus}`;
        throw new AwsError('AccessDenied', `The connection ${id} ${what}: finish it, then try again.`, 403);
      }
      const prefix = found.ConnectionArn.split(':')[2] ?? '';
      const resources = [found.ConnectionArn];
      caller.requires({
        action: `${prefix}:UseConnection`,
        resources,
        context: { [`${prefix}:FullRepositoryId`]: name },
      });
    },
    pushed: tellHost(world, name),
  };
}

function tellHost(world: GitWorld, repository: string) {
  return (changes: readonly ReferenceChange[]): void => {
    for (const { name, after } of changes) {
      if (name.startsWith(BRANCHES) && after !== undefined) {
        world.onHostedPush({ repository, branch: name.slice(BRANCHES.length), commit: after });
      }
    }
  };
}

const BRANCHES = 'refs/heads/';

/** As CodeCommit words it. */
export function emitChange(
  world: GitWorld,
  repositoryName: string,
  { name, before, after }: ReferenceChange,
  principal: Principal,
): void {
  const found = world.repositories.get(repositoryName);
  const isBranch = name.startsWith(BRANCHES);
  world.emit({
    source: 'aws.codecommit',
    type: 'CodeCommit Repository State Change',
    resources: [arnOf(world, 'codecommit', repositoryName)],
    detail: {
      event: before === undefined ? 'referenceCreated' : after === undefined ? 'referenceDeleted' : 'referenceUpdated',
      repositoryName,
      repositoryId: found?.repositoryId,
      referenceType: isBranch ? 'branch' : 'tag',
      referenceName: name.replace(/^refs\/(heads|tags)\//, ''),
      referenceFullName: name,
      ...(after !== undefined && { commitId: after }),
      ...(before !== undefined && { oldCommitId: before }),
      callerUserArn: principal.session,
    },
  });
}
