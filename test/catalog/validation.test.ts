import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { stringify } from 'yaml';
import { CatalogStack, FoundationStack, HANDLERS, synthesizeTemplate, type Template } from '../../src/catalog';
import { ProjectStack } from '../../src/platform';
import { ACKNOWLEDGED } from './acknowledged';
import { COMBINATIONS, OPTIONS } from './options';

const STUDIO = ['service-role/AmazonSageMaker-ExecutionRole-*'];
const RELEASES = [{ version: '0.1.0', templateKey: 'templates/drone-mlops-0.1.0.yaml' }];

/** Every template of ours, by name. */
function templates(): Record<string, Template> {
  const launched = Object.entries(COMBINATIONS).map(([name, options]) => [name, synthesizeTemplate(options)] as const);
  const app = new App({ outdir: folder(), analyticsReporting: false, builtinCloudFormationValidation: false });
  const stacks = ownStacks(app);
  const assembly = app.synth();
  return Object.fromEntries([
    ...launched.map(([name, { template }]) => [name, template] as const),
    ...stacks.map(
      ({ artifactId }) => [artifactId, assembly.getStackArtifact(artifactId).template as Template] as const,
    ),
  ]);
}

function ownStacks(app: App) {
  const shared = { platform: OPTIONS.platform, studioRoles: STUDIO, tags: OPTIONS.tags };
  const all = Object.values(COMBINATIONS).map((options) => synthesizeTemplate(options).template);
  return [
    new FoundationStack(app, 'Foundation', { ...shared, templates: all, acceptUltralyticsLicense: false }),
    new CatalogStack(app, 'Catalog', { ...shared, releases: RELEASES }),
  ];
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'validation-'));
}

test('every template passes the validation that comes with the CDK, as errors', () => {
  const app = new App({
    outdir: folder(),
    analyticsReporting: false,
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  ownStacks(app);
  Object.values(COMBINATIONS).forEach((options, index) => new ProjectStack(app, `Project${index}`, options));
  expect(() => app.synth()).not.toThrow();
}, 120_000);

const CFN_LINT = process.env.DRONE_MLOPS_CFN_LINT_PYTHON;

describe('cfn-lint', () => {
  (CFN_LINT ? test : test.skip)(
    'finds nothing in any template, where bad enums and misspelt IAM actions are errors too',
    () => {
      const dir = folder();
      const files = Object.entries(templates()).map(([name, template], index) => {
        const file = join(dir, `${index}.yaml`);
        writeFileSync(file, `# ${name}\n${stringify(template, { version: '1.1', aliasDuplicateObjects: false })}`);
        return file;
      });
      const lint = (paths: string[]) => {
        try {
          return execFileSync(join(CFN_LINT ?? '', '..', 'cfn-lint'), ['--regions', 'us-east-1', '--', ...paths], {
            encoding: 'utf8',
          });
        } catch (error) {
          return (error as { stdout: string }).stdout;
        }
      };
      expect(lint(files)).toBe('');
      writeFileSync(
        join(dir, 'bad.yaml'),
        readFileSync(files[0] ?? '', 'utf8').replace('s3:GetObject', 's3:GetObjekt'),
      );
      expect(lint([join(dir, 'bad.yaml')])).toContain('W3037');
    },
    240_000,
  );

  (CFN_LINT ? test : test.skip)(
    'knows the handlers of each resource type as src/catalog does: every action is allowed, or belongs to a property that no template sets',
    () => {
      const program = [
        'import json, sys, pathlib, cfnlint',
        "base = pathlib.Path(cfnlint.__file__).parent / 'data' / 'schemas'",
        "names = json.loads((base / 'providers' / 'us-east-1.json').read_text())",
        "schema = lambda t: json.loads((base / 'resources' / (names[t] + '.json')).read_text())",
        "actions = lambda t: sorted({a for k, h in schema(t).get('handlers', {}).items() if k != 'list' for a in h.get('permissions', [])})",
        'print(json.dumps({t: actions(t) for t in sys.argv[1:]}))',
      ].join('\n');
      const types = Object.keys(HANDLERS).filter((type) => !/^Custom|CodeBuild/.test(type));
      const known = JSON.parse(execFileSync(CFN_LINT ?? '', ['-c', program, ...types], { encoding: 'utf8' })) as Record<
        string,
        string[]
      >;
      const open = Object.entries(known).flatMap(([type, actions]) => {
        const handlers = HANDLERS[type];
        if (!handlers) return actions;
        const { read, create, change, tag, anywhere = [], when = {} } = handlers;
        const ours = new Set([...read, ...create, ...change, ...tag, ...anywhere, ...Object.values(when).flat()]);
        return actions.filter((action) => !ours.has(action) && !UNUSED.some((unused) => unused.test(action)));
      });
      expect([...new Set(open)].sort()).toEqual([]);
    },
    60_000,
  );
});

/** Actions that handlers call for properties which no template of ours sets, and names that are no actions of IAM. */
const UNUSED = [
  /^iam:(PassRole|GetRole)$/, // statements of their own, or for properties such as replication and delivery logs
  /^iam:(AttachRolePolicy|DetachRolePolicy|PutRolePermissionsBoundary|DeleteRolePermissionsBoundary)$/, // ManagedPolicyArns, PermissionsBoundary
  /^s3:(Create|Update|Delete)BucketMetadata/, // MetadataTableConfiguration
  /^s3tables:/, // the same
  /^s3:Put(Accelerate|Analytics|Inventory|Metrics|Replication|IntelligentTiering|ObjectLock)Configuration$/,
  /^s3:PutBucket(Abac|Acl|Logging|Notification|ObjectLockConfiguration|Replication|Website)$/,
  /^s3:DeleteBucket(AnalyticsConfiguration|Cors|Encryption|Lifecycle|MetricsConfiguration|Replication|Website)$/,
  /^s3:(DeleteObject|PutObjectAcl|REST\.PUT\.OBJECT)$/, // AccessControl, logging
  /^s3:GetObject(Version)?$/, // CodeCommit's seed and Lambda's packages: a statement of its own
  /^(ec2|elasticfilesystem|s3files|firehose):/, // VpcConfig and file systems of functions, delivery streams
  /^kms:(CreateGrant|Decrypt|DescribeKey|Encrypt|GenerateDataKey)$/, // KmsKeyArn of functions
  /^sns:(Subscribe|Unsubscribe)$/, // Subscription of topics; our subscriptions are resources of their own
  /^lambda:.*(CodeSigning|Concurrency|Recursion|Scaling|RuntimeManagement|RuntimeAlias|LayerVersion|CapacityProvider)/,
  /^lambda:PublishVersion$/, // PublishToLatestPublished
  /^logs:(CreateLogDelivery|Delete(Index|Resource)Policy|Put(BearerTokenAuthentication|DataProtectionPolicy|IndexPolicy|ResourcePolicy|LogGroupDeletionProtection))$/,
  /^sns:PutDataProtectionPolicy$/,
  /^codepipeline:(Disable|Enable)StageTransition$/, // DisableInboundStageTransitions
  /^codepipeline:StartPipelineExecution$/, // RestartExecutionOnUpdate
  /^codestar-connections:PassConnection$/, // a statement of its own
  /^codecommit:(PutRepositoryTriggers|UpdateRepositoryDescription)$/,
  /^sagemaker:PutModelPackageGroupPolicy$/,
];

/** The part of cdk-nag's report that is read here. */
interface Report {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
}

describe('cdk-nag, with the rules of AWS Solutions', () => {
  test('finds nothing that is not acknowledged with its reason, and acknowledges nothing that it does not find', () => {
    const outdir = folder();
    const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
    ownStacks(app);
    Object.values(COMBINATIONS).forEach((options, index) => new ProjectStack(app, `Project${index}`, options));
    expect(() => app.synth()).toThrow(); // findings are errors; the report says which
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
    const found = [...new Set(report.pluginReports.flatMap(({ violations }) => violations.map((one) => one.ruleName)))];
    expect(found.filter((finding) => !ACKNOWLEDGED.some(({ findings }) => findings.test(finding)))).toEqual([]);
    expect(ACKNOWLEDGED.filter(({ findings }) => !found.some((finding) => findings.test(finding)))).toEqual([]);
  }, 240_000);
});
