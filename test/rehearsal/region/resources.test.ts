// Resource types of the services of continuous integration, with the project's own functions behind them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CallLog, Principals, ResourceTags } from '../../../src/rehearsal/region/access';
import { Running, type Base } from '../../../src/rehearsal/region/base';
import type { Properties, ResourceContext } from '../../../src/rehearsal/region/cloudformation/resource';
import { resourceType } from '../../../src/rehearsal/region/cloudformation/types';
import { Collection } from '../../../src/rehearsal/region/collection';
import type { RegionEvent } from '../../../src/rehearsal/region/events';
import { startIntegration } from '../../../src/rehearsal/region/integration';
import { isolate } from '../../../src/rehearsal/region/isolation';
import { respond } from '../../../src/rehearsal/region/respond';
import { s3Service, Storage } from '../../../src/rehearsal/region/s3';
import { listen, stopListening } from '../../../src/rehearsal/region/server';
import { Apis } from '../../../src/rehearsal/region/service';
import { Mailbox } from '../../../src/rehearsal/region/sns';
import { zipTexts } from '../../../src/zip';
import { temporaryFolder } from './start';

const ACCOUNT = '000000000000';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/notify`;

async function stack() {
  const stateDir = temporaryFolder();
  const region = 'eu-west-1';
  const { server, url } = await listen(0);
  const principals = new Principals(join(stateDir, 'sessions'), ACCOUNT);
  const tags = new ResourceTags(new Collection(join(stateDir, 'resource-tags')));
  const apis = new Apis(new CallLog(join(stateDir, 'calls.jsonl')), tags);
  const storage = new Storage(join(stateDir, 's3'));
  const events: RegionEvent[] = [];
  const running = new Running();
  const { settings } = isolate(url, region, join(stateDir, 'isolation'), {});
  const runtime = { folder: join(stateDir, 'jobs'), image: () => undefined, store: storage, environment: settings };
  const base: Base = {
    account: ACCOUNT,
    region,
    url,
    stateDir,
    collection: (name) => new Collection(join(stateDir, name)),
    storage,
    runtime,
    running,
    apis,
    principals,
    tell: (event) => events.push(event),
  };
  const integration = startIntegration(base);
  const s3 = s3Service({ storage, name: region });
  const services = {
    signed: new Map(Object.entries({ s3, ...integration.signed })),
    paths: integration.paths,
    fallback: s3,
  };
  const answer = respond(services, { region, principals, apis }, base.tell);
  server.on('request', (request, response) => void answer(request, response));
  const caller = apis.as(principals.role('arn:aws:iam::000000000000:role/launch'));
  const contextOf = (name: string): ResourceContext => ({
    account: ACCOUNT,
    region,
    stackName: 'stack',
    stackId: 'stack-id',
    logicalId: 'Logical',
    type: name,
    stackTags: [],
    caller,
    generatedName: () => `stack-Logical-${Math.random().toString(36).slice(2)}`,
    responseAt: () => {
      throw new Error('no custom resource here');
    },
    signal: new AbortController().signal,
  });
  const type = resourceType;
  return {
    storage,
    events,
    emit: integration.emit,
    caller,
    mails: () => new Mailbox(join(stateDir, 'mail')).all(),
    create: (name: string, properties: Properties) => type(name).create(properties, contextOf(name)),
    update: (name: string, id: string, properties: Properties, before: Properties) =>
      type(name).update(id, properties, before, contextOf(name)),
    remove: (name: string, id: string, properties: Properties) => type(name).delete(id, properties, contextOf(name)),
    async close() {
      await running.close();
      await stopListening(server);
      storage.close();
    },
  };
}

const FAILED_BUILD = {
  source: 'aws.codepipeline',
  type: 'CodePipeline Pipeline Execution State Change',
  resources: [],
  detail: { pipeline: 'builds', 'execution-id': 'e-1', state: 'FAILED' },
};

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('That never happened.');
    await delay(50);
  }
}

describe('a stack’s notifications', () => {
  async function notifications(region: Awaited<ReturnType<typeof stack>>, permitted: boolean) {
    region.storage.createBucket('bucket');
    const { physicalId: LogGroup } = await region.create('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/lambda/notify',
      RetentionInDays: 90,
    });
    const { physicalId: TopicArn } = await region.create('AWS::SNS::Topic', { TopicName: 'news' });
    await region.create('AWS::SNS::Subscription', { TopicArn, Protocol: 'email', Endpoint: 'team@example.com' });
    const source = join(__dirname, '..', '..', '..', 'templates', 'functions', 'notify.cjs');
    const made = await region.create('AWS::Lambda::Function', {
      FunctionName: 'notify',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: ROLE,
      Timeout: 20,
      Code: { ZipFile: readFileSync(source, 'utf8') },
      Environment: { Variables: { BUCKET: 'bucket', TOPIC_ARN: TopicArn, PROJECT: 'wing' } },
      LoggingConfig: { LogGroup },
    });
    const Arn = made.attributes?.Arn;
    const rule = {
      Name: 'failures',
      EventPattern: { source: ['aws.codepipeline'] },
      State: 'ENABLED',
      Targets: [{ Id: 'Notify', Arn }],
    };
    const { attributes } = await region.create('AWS::Events::Rule', rule);
    if (permitted) {
      await region.create('AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunction',
        FunctionName: 'notify',
        Principal: 'events.amazonaws.com',
        SourceArn: attributes?.Arn,
      });
    }
    return rule;
  }

  test('reach a topic whose policy permits it, and no other', async () => {
    const region = await stack();
    try {
      const { physicalId: TopicArn } = await region.create('AWS::SNS::Topic', { TopicName: 'news' });
      await region.create('AWS::SNS::Subscription', { TopicArn, Protocol: 'email', Endpoint: 'team@example.com' });
      const EventPattern = { source: ['aws.codepipeline'] };
      await region.create('AWS::Events::Rule', {
        Name: 'all',
        EventPattern,
        Targets: [{ Id: 'Topic', Arn: TopicArn }],
      });
      const deliveries = () => region.events.filter(({ kind }) => kind === 'delivery');

      region.emit(FAILED_BUILD);
      await until(() => deliveries().length === 1);
      expect(deliveries()[0]).toMatchObject({ failure: expect.stringContaining('not authorized') as string });

      const Principal = { Service: 'events.amazonaws.com' };
      const Statement = [{ Effect: 'Allow', Principal, Action: 'sns:Publish', Resource: TopicArn }];
      const PolicyDocument = { Version: '2012-10-17', Statement };
      await region.create('AWS::SNS::TopicPolicy', { Topics: [TopicArn], PolicyDocument });
      region.emit(FAILED_BUILD);
      await until(() => region.mails().length === 2);
      expect(JSON.parse(region.mails()[1]?.text ?? '')).toMatchObject({ source: 'aws.codepipeline' });
    } finally {
      await region.close();
    }
  });

  test('say by mail what failed, once for each event, and keep a record', async () => {
    const region = await stack();
    try {
      await notifications(region, true);
      region.emit(FAILED_BUILD);
      await until(() => region.mails().length === 2);
      expect(region.mails()[1]).toMatchObject({ to: 'team@example.com', subject: 'wing: build failed' });
      expect(region.mails()[1]?.text).toContain('aws codepipeline list-action-executions --pipeline-name builds');
      expect(JSON.parse(await region.storage.readText('s3://bucket/status/builds/e-1/FAILED.json'))).toMatchObject({
        state: 'FAILED',
      });
      region.emit(FAILED_BUILD);
      await until(() => region.events.filter(({ kind }) => kind === 'delivery').length === 2);
    } finally {
      await region.close();
    }
    expect(region.mails()).toHaveLength(2);
  }, 30_000);

  test('are not invoked by a rule that the function’s policy does not name', async () => {
    const region = await stack();
    try {
      await notifications(region, false);
      region.emit(FAILED_BUILD);
      await until(() => region.events.some(({ kind }) => kind === 'delivery'));
      const [delivery] = region.events.filter((event) => event.kind === 'delivery');
      expect(delivery?.failure).toContain('events.amazonaws.com is not authorized to perform lambda:InvokeFunction');
    } finally {
      await region.close();
    }
  });

  test('go with their stack, and a second time is no error', async () => {
    const region = await stack();
    try {
      const rule = await notifications(region, true);
      for (let time = 0; time < 2; time++) {
        await region.remove('AWS::Events::Rule', 'failures', rule);
        await region.remove('AWS::Lambda::Function', 'notify', {});
        await region.remove('AWS::Logs::LogGroup', '/aws/lambda/notify', {});
        await region.remove('AWS::SNS::Topic', `arn:aws:sns:eu-west-1:${ACCOUNT}:news`, {});
      }
      expect(await region.caller.call('logs', 'DescribeLogGroups', {})).toEqual({ logGroups: [] });
    } finally {
      await region.close();
    }
  });
});

describe('a stack’s repository', () => {
  test('begins with its seed; without the zip there is none', async () => {
    const region = await stack();
    try {
      region.storage.createBucket('catalog');
      const properties = {
        RepositoryName: 'code',
        Code: { BranchName: 'main', S3: { Bucket: 'catalog', Key: 'seed.zip' } },
      };
      await expect(region.create('AWS::CodeCommit::Repository', properties)).rejects.toThrow(
        'no object at s3://catalog/seed.zip',
      );
      await expect(region.caller.call('codecommit', 'GetRepository', { repositoryName: 'code' })).rejects.toThrow(
        'does not exist',
      );
      const file = join(temporaryFolder(), 'seed.zip');
      (await import('node:fs')).writeFileSync(file, await zipTexts({ 'package.json': '{}' }));
      await region.storage.upload(file, 's3://catalog/seed.zip');
      const made = await region.create('AWS::CodeCommit::Repository', properties);
      expect(made.attributes).toMatchObject({ Name: 'code', Arn: `arn:aws:codecommit:eu-west-1:${ACCOUNT}:code` });
      const { branch } = await region.caller.call('codecommit', 'GetBranch', {
        repositoryName: 'code',
        branchName: 'main',
      });
      expect(branch).toMatchObject({ branchName: 'main' });
    } finally {
      await region.close();
    }
  });
});
