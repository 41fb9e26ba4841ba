// The rules of our own template: which events they are for, by the region's matcher and by AWS's Event Ruler.
import { synthesizeTemplate } from '../../../../src/catalog';
import { OPTIONS } from '../../../catalog/options';
import { judge, RULER } from './ruler';
import { SAMPLES } from './samples';
import { verdict } from './verdict';

const VALUES: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '123456789012',
  SageMakerProjectName: 'Wing',
  SageMakerProjectId: 'p-abc123def456',
};
const MODEL_BUILD = 'sagemaker-Wing-p-abc123def456-modelbuild';
const REPOSITORY = `arn:aws:codecommit:us-east-1:123456789012:${MODEL_BUILD}`;

/** The patterns of a template with CodeCommit, which has all the rules, by logical id. */
function patterns(): Record<string, object> {
  const { template } = synthesizeTemplate({ ...OPTIONS, repositoryProvider: 'CodeCommit' });
  const rules = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Events::Rule');
  return Object.fromEntries(rules.map(([id, { Properties }]) => [id, resolved(Properties?.EventPattern) as object]));
}

function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::GetAtt' in value) return REPOSITORY;
  if ('Fn::Sub' in value) {
    return String(value['Fn::Sub']).replace(/\$\{([^}]+)\}/g, (_, name: string) => VALUES[name] ?? '');
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item)]));
}

const { commit, execution, step, modelPackage, build } = SAMPLES;
const started = { ...build, detail: { ...build.detail, pipeline: MODEL_BUILD, state: 'STARTED' } };

const EVENTS: Readonly<Record<string, object>> = {
  'a commit to main': { ...commit, resources: [REPOSITORY] },
  'a commit to another branch': {
    ...commit,
    resources: [REPOSITORY],
    detail: { ...commit.detail, referenceName: 'try' },
  },
  'a branch that is deleted': {
    ...commit,
    resources: [REPOSITORY],
    detail: { ...commit.detail, event: 'referenceDeleted' },
  },
  'a commit to another repository': commit,
  'a build pipeline that starts': started,
  'a build pipeline that resumes': { ...started, detail: { ...started.detail, state: 'RESUMED' } },
  "another project's build pipeline": { ...started, detail: { ...started.detail, pipeline: `${MODEL_BUILD}x` } },
  'a training pipeline, in lower case': execution,
  'a training pipeline of another project': {
    ...execution,
    detail: { ...execution.detail, pipelineArn: execution.detail.pipelineArn.replace('abc123', 'xyz123') },
  },
  'a step that failed': { ...step, detail: { ...step.detail, currentStepStatus: 'Failed' } },
  'a step that succeeded': { ...step, detail: { ...step.detail, currentStepStatus: 'Succeeded' } },
  'a model package': modelPackage,
};

/** Each event with the rules that are for it; nothing listens to any other. */
const FOR: Readonly<Record<string, readonly string[]>> = {
  'a commit to main': ['RepositoryCommitRule'],
  'a build pipeline that starts': ['NotifyBuildRule'],
  'a training pipeline, in lower case': ['NotifyExecutionRule'],
  'a step that failed': ['NotifyStepRule'],
};

const PAIRS = Object.entries(patterns()).flatMap(([rule, pattern]) =>
  Object.entries(EVENTS).map(([event, given]) => ({ rule, event, pair: { pattern, event: given } })),
);
const EXPECTED = PAIRS.map(({ rule, event }) => [rule, event, String(FOR[event]?.includes(rule) ?? false)]);

test('each event of the template’s reaches the rule that is for it, and no other', () => {
  expect(PAIRS.map(({ rule, event, pair }) => [rule, event, String(verdict(pair))])).toEqual(EXPECTED);
  expect(new Set(Object.values(FOR).flat())).toEqual(new Set(Object.keys(patterns())));
});

(RULER === undefined ? test.skip : test)(
  'AWS’s Event Ruler says the same',
  async () => {
    const theirs = await judge(PAIRS.map(({ pair }) => pair));
    expect(PAIRS.map(({ rule, event }, index) => [rule, event, theirs[index]])).toEqual(EXPECTED);
  },
  60_000,
);
