// Access keys, and whose they are: the region's own key is a person's, every other one a role's session.
import { randomBytes } from 'node:crypto';
import { Collection } from '../collection';
import { ACCESS_KEY } from '../isolation';

export interface Principal {
  /** Of the role, not of its session; of the user, for the region's own key. */
  readonly arn: string;
  /** As GetCallerIdentity says it. */
  readonly session: string;
}

/** As STS gives them out. */
export interface RoleCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  /** Seconds since 1970. */
  readonly Expiration: number;
}

/** As every AWS tool reads them in its environment. */
export type RoleVariables = Readonly<
  Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_SESSION_TOKEN', string>
>;

interface Session {
  readonly principal: Principal;
  readonly expires: number;
}

/** Seconds. Source: STS API Reference, AssumeRole: DurationSeconds. */
const SESSION_SECONDS = 3600;

export class Principals {
  private readonly sessions: Collection<Session>;
  /** Whoever holds the region's own key; IAM is not asked about them. */
  readonly person: Principal;

  constructor(folder: string, account: string) {
    this.sessions = new Collection(folder);
    for (const [key, { expires }] of this.sessions.entries())
      if (expires < Date.now() / 1000) this.sessions.delete(key);
    const arn = `arn:aws:iam::${account}:user/rehearsal`;
    this.person = { arn, session: arn };
  }

  /** Undefined when the key is nobody's, or has expired. */
  find(accessKey: string): Principal | undefined {
    if (accessKey === ACCESS_KEY) return this.person;
    const session = this.sessions.get(accessKey);
    return session === undefined || session.expires < Date.now() / 1000 ? undefined : session.principal;
  }

  /** The principal that a role is. */
  role(roleArn: string, sessionName = 'rehearsal'): Principal {
    const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    const account = roleArn.split(':')[4] ?? '';
    return { arn: roleArn, session: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}` };
  }

  /** The variables that make a child process the role. */
  variables(roleArn: string): RoleVariables {
    const { AccessKeyId, SecretAccessKey, SessionToken } = this.issue(roleArn, 'rehearsal');
    return {
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
    };
  }

  /** Keys for a session of a role. */
  issue(roleArn: string, sessionName: string, seconds = SESSION_SECONDS): RoleCredentials {
    const AccessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const Expiration = Math.floor(Date.now() / 1000) + seconds;
    this.sessions.put(AccessKeyId, { principal: this.role(roleArn, sessionName), expires: Expiration });
    return {
      AccessKeyId,
      SecretAccessKey: 'rehearsal-only',
      SessionToken: randomBytes(16).toString('hex'),
      Expiration,
    };
  }
}
