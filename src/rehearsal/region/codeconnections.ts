// CodeConnections: connections to code hosts, which a person has to finish.
import { documented } from './behaviour';
import { AwsError } from './errors';
import type { Connection, GitWorld } from './git';
import { CODECONNECTIONS_MODEL } from './model';
import { operationsOf, type ApiDeclaration } from './service';
import { arnOf, uuid } from './setting';

const operation = operationsOf<GitWorld>();

const getConnection = operation<{ ConnectionArn: string }>(
  'GetConnection',
  {
    claims: [
      documented(
        'A connection is PENDING until a person has finished it on the host.',
        'CodeConnections API Reference, Connection: ConnectionStatus',
      ),
    ],
    access: ({ ConnectionArn }) => [
      { action: `${ConnectionArn.split(':')[2] ?? ''}:GetConnection`, resources: [ConnectionArn] },
    ],
  },
  ({ ConnectionArn }, { connections }) => {
    const found = connections.get(ConnectionArn);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', `Connection ${ConnectionArn} not found`);
    return { Connection: found };
  },
);

/** The SDK's client signs for codestar-connections, the older name of the service. */
export const CODECONNECTIONS_API: ApiDeclaration<GitWorld> = {
  name: 'codestar-connections',
  model: CODECONNECTIONS_MODEL,
  operations: [getConnection],
};

/** What a person does in the console: makes a connection, and finishes it or not. */
export function connect(world: GitWorld, name: string, ConnectionStatus: Connection['ConnectionStatus']): string {
  const present = world.connections.all().find(({ ConnectionName }) => ConnectionName === name);
  const ConnectionArn = present?.ConnectionArn ?? arnOf(world, 'codeconnections', `connection/${uuid()}`);
  world.connections.put(ConnectionArn, {
    ConnectionName: name,
    ConnectionArn,
    ProviderType: 'GitHub',
    OwnerAccountId: world.account,
    ConnectionStatus,
  });
  return ConnectionArn;
}
