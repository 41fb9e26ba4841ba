// CloudWatch Logs, as builds and functions write it and people read it.
import { join } from 'node:path';
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { LOGS_MODEL } from '../model';
import { operationsOf, type ApiDeclaration } from '../service';
import { arnOf, type Setting } from '../setting';
import { without } from '../without';
import { LogGroups, type LogEvent } from './log-groups';

export { logWriter, type LogWriter } from './writer';

export interface LogsWorld extends Setting {
  readonly logs: LogGroups;
}

export function createLogsWorld(setting: Setting): LogsWorld {
  return { ...setting, logs: new LogGroups(join(setting.stateDir, 'logs')) };
}

const API = 'CloudWatch Logs API Reference';
const operation = operationsOf<LogsWorld>();

interface OfGroup {
  readonly logGroupName: string;
}
interface OfStream extends OfGroup {
  readonly logStreamName: string;
}

export const groupArn = (world: Setting, { logGroupName }: OfGroup): string =>
  arnOf(world, 'logs', `log-group:${logGroupName}`);
const onGroup = (name: string) => (input: OfGroup, world: LogsWorld) => [
  { action: `logs:${name}`, resources: [`${groupArn(world, input)}:*`] },
];
const onStream = (name: string) => (input: OfStream, world: LogsWorld) => [
  { action: `logs:${name}`, resources: [`${groupArn(world, input)}:log-stream:${input.logStreamName}`] },
];

const createLogGroup = operation<OfGroup & { kmsKeyId?: string; tags?: Record<string, string> }>(
  'CreateLogGroup',
  {
    claims: [documented('A name that is taken: ResourceAlreadyExistsException.', `${API}, CreateLogGroup`)],
    refuses: ['logGroupClass', 'deletionProtectionEnabled'],
    access: onGroup('CreateLogGroup'),
  },
  ({ logGroupName, kmsKeyId, tags = {} }, { logs }) => {
    if (logs.groups.get(logGroupName)) throw exists('log group');
    logs.groups.put(logGroupName, { logGroupName, creationTime: Date.now(), tags, ...(kmsKeyId && { kmsKeyId }) });
    return {};
  },
);

const deleteLogGroup = operation<OfGroup>(
  'DeleteLogGroup',
  { claims: [documented('Its events go with it.', `${API}, DeleteLogGroup`)], access: onGroup('DeleteLogGroup') },
  (input, { logs }) => {
    logs.delete(existing(logs, input.logGroupName).logGroupName);
    return {};
  },
);

const putRetentionPolicy = operation<OfGroup & { retentionInDays: number }>(
  'PutRetentionPolicy',
  {
    claims: [assumed('No event is old enough, in a rehearsal, to go.')],
    access: onGroup('PutRetentionPolicy'),
  },
  ({ logGroupName, retentionInDays }, { logs }) => {
    logs.groups.put(logGroupName, { ...existing(logs, logGroupName), retentionInDays });
    return {};
  },
);

const describeLogGroups = operation<{ logGroupNamePrefix?: string }>(
  'DescribeLogGroups',
  {
    claims: [assumed('All groups come on one page.')],
    refuses: ['accountIdentifiers', 'logGroupNamePattern', 'logGroupClass', 'logGroupIdentifiers', 'nextToken'],
  },
  ({ logGroupNamePrefix: prefix = '' }, world) => ({
    logGroups: world.logs.groups
      .all()
      .filter(({ logGroupName }) => logGroupName.startsWith(prefix))
      .map((group) => ({
        ...without(group, 'tags'),
        arn: `${groupArn(world, group)}:*`,
        logGroupArn: groupArn(world, group),
      })),
  }),
);

const createLogStream = operation<OfStream>(
  'CreateLogStream',
  {
    claims: [documented('A name that is taken: ResourceAlreadyExistsException.', `${API}, CreateLogStream`)],
    access: onGroup('CreateLogStream'),
  },
  ({ logGroupName, logStreamName }, { logs }) => {
    existing(logs, logGroupName);
    const key = `${logGroupName}:${logStreamName}`;
    if (logs.streams.get(key)) throw exists('log stream');
    logs.streams.put(key, { logStreamName, creationTime: Date.now() });
    return {};
  },
);

const putLogEvents = operation<OfStream & { logEvents: readonly LogEvent[] }>(
  'PutLogEvents',
  {
    claims: [documented('Sequence tokens are passed over.', `${API}, PutLogEvents: sequenceToken`)],
    refuses: ['entity'],
    access: onStream('PutLogEvents'),
  },
  ({ logGroupName, logStreamName, logEvents }, { logs }) => {
    existing(logs, logGroupName);
    if (!logs.streams.get(`${logGroupName}:${logStreamName}`)) throw missing('log stream');
    logs.append(logGroupName, logStreamName, logEvents);
    return {};
  },
);

const getLogEvents = operation<OfStream & { startFromHead?: boolean; nextToken?: string; limit?: number }>(
  'GetLogEvents',
  {
    claims: [
      documented('The latest events unless startFromHead says otherwise, 10,000 at most.', `${API}, GetLogEvents`),
      documented('At the end, the token that comes back is the one that was given.', `${API}, GetLogEvents: nextToken`),
    ],
    refuses: ['startTime', 'endTime', 'unmask', 'logGroupIdentifier'],
    access: onStream('GetLogEvents'),
  },
  ({ logGroupName, logStreamName, startFromHead = false, nextToken, limit = MOST_EVENTS }, { logs }) => {
    existing(logs, logGroupName);
    if (!logs.streams.get(`${logGroupName}:${logStreamName}`)) throw missing('log stream');
    const all = logs.events(logGroupName, logStreamName);
    const from = nextToken === undefined ? (startFromHead ? 0 : Math.max(0, all.length - limit)) : position(nextToken);
    const events = all.slice(from, from + limit);
    return {
      events: events.map((event) => ({ ...event, ingestionTime: event.timestamp })),
      nextForwardToken: `f/${from + events.length}`,
      nextBackwardToken: `b/${Math.max(0, from - limit)}`,
    };
  },
);

export const LOGS_API: ApiDeclaration<LogsWorld> = {
  name: 'logs',
  model: LOGS_MODEL,
  invalid: 'InvalidParameterException',
  operations: [
    createLogGroup,
    deleteLogGroup,
    putRetentionPolicy,
    describeLogGroups,
    createLogStream,
    putLogEvents,
    getLogEvents,
  ],
};

/** Source: {@link API}, GetLogEvents: limit. */
const MOST_EVENTS = 10_000;

function position(token: string): number {
  const at = Number(token.slice(2));
  if (!Number.isInteger(at)) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return at;
}

function existing(logs: LogGroups, name: string) {
  const group = logs.groups.get(name);
  if (group === undefined) throw missing('log group');
  return group;
}

function missing(kind: string): AwsError {
  return new AwsError('ResourceNotFoundException', `The specified ${kind} does not exist.`);
}

function exists(kind: string): AwsError {
  return new AwsError('ResourceAlreadyExistsException', `The specified ${kind} already exists`);
}
