// Event patterns over the sample events, with the verdict that AWS's documentation leads one to expect.
import { SAMPLES } from './samples';

export interface PatternCase {
  readonly name: string;
  readonly pattern: object;
  readonly event: object;
  readonly verdict: boolean | 'invalid';
}

const { commit, build, execution, step, modelPackage } = SAMPLES;
/** A field of no AWS service's: what is compared is the value alone. */
const of = (value: unknown) => ({ ...build, detail: { field: value } });
const field = (...tests: readonly unknown[]) => ({ detail: { field: tests } });
const pipeline = 'arn:aws:sagemaker:us-east-1:123456789012:pipeline/Wing-p-abc123def456';

export const CASES: readonly PatternCase[] = [
  // Patterns of the project's own templates.
  {
    name: 'a commit to the branch',
    pattern: {
      source: ['aws.codecommit'],
      'detail-type': ['CodeCommit Repository State Change'],
      resources: ['arn:aws:codecommit:us-east-1:123456789012:myRepository'],
      detail: { event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'], referenceName: ['main'] },
    },
    event: commit,
    verdict: true,
  },
  {
    name: 'a commit to another branch',
    pattern: { detail: { referenceName: ['main'] } },
    event: { ...commit, detail: { ...commit.detail, referenceName: 'try' } },
    verdict: false,
  },
  {
    name: 'a commit to another repository',
    pattern: { resources: ['arn:aws:codecommit:us-east-1:123456789012:other'] },
    event: commit,
    verdict: false,
  },
  {
    name: 'a failed build',
    pattern: { source: ['aws.codepipeline'], detail: { pipeline: ['myPipeline'], state: ['FAILED', 'CANCELED'] } },
    event: build,
    verdict: true,
  },
  {
    name: 'a pipeline by its name in another case',
    pattern: { detail: { pipelineArn: [pipeline] } },
    event: execution,
    verdict: false,
  },
  {
    name: 'a pipeline by its name, case ignored',
    pattern: { detail: { pipelineArn: [{ 'equals-ignore-case': pipeline }] } },
    event: execution,
    verdict: true,
  },
  {
    name: 'a pipeline by a prefix, case ignored',
    pattern: { detail: { pipelineArn: [{ prefix: { 'equals-ignore-case': pipeline.slice(0, -3) } }] } },
    event: execution,
    verdict: true,
  },
  {
    name: 'a failed step',
    pattern: {
      detail: { pipelineArn: [{ prefix: { 'equals-ignore-case': pipeline } }], currentStepStatus: ['Failed'] },
    },
    event: step,
    verdict: true,
  },
  {
    name: 'a step event for a rule on executions',
    pattern: { 'detail-type': ['SageMaker Model Building Pipeline Execution Status Change'] },
    event: step,
    verdict: false,
  },
  {
    name: 'an approved package',
    pattern: {
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      detail: { ModelPackageGroupName: ['versioned-p-idy6c3e1fiqj'], ModelApprovalStatus: ['Approved'] },
    },
    event: modelPackage,
    verdict: true,
  },
  {
    name: 'a package that was decided on',
    pattern: { detail: { ModelApprovalStatus: [{ 'anything-but': 'PendingManualApproval' }] } },
    event: modelPackage,
    verdict: true,
  },
  {
    name: 'a package that waits',
    pattern: { detail: { ModelApprovalStatus: [{ 'anything-but': ['PendingManualApproval', 'Approved'] }] } },
    event: modelPackage,
    verdict: false,
  },
  // Operators.
  { name: 'prefix', pattern: field({ prefix: 'ab' }), event: of('abc'), verdict: true },
  { name: 'prefix of a number', pattern: field({ prefix: '1' }), event: of(12), verdict: false },
  { name: 'suffix', pattern: field({ suffix: '.zip' }), event: of('seed.zip'), verdict: true },
  {
    name: 'suffix, case ignored',
    pattern: field({ suffix: { 'equals-ignore-case': '.ZIP' } }),
    event: of('seed.zip'),
    verdict: true,
  },
  { name: 'suffix in another case', pattern: field({ suffix: '.ZIP' }), event: of('seed.zip'), verdict: false },
  { name: 'wildcard in the middle', pattern: field({ wildcard: 'a*c' }), event: of('abbc'), verdict: true },
  { name: 'wildcard for nothing', pattern: field({ wildcard: 'a*c' }), event: of('ac'), verdict: true },
  {
    name: 'wildcard that does not end the value',
    pattern: field({ wildcard: 'a*c' }),
    event: of('acd'),
    verdict: false,
  },
  { name: 'an escaped asterisk', pattern: field({ wildcard: 'a\\*c' }), event: of('a*c'), verdict: true },
  {
    name: 'an escaped asterisk is no wildcard',
    pattern: field({ wildcard: 'a\\*c' }),
    event: of('abc'),
    verdict: false,
  },
  { name: 'a dot in a wildcard', pattern: field({ wildcard: 'a.c*' }), event: of('abc'), verdict: false },
  {
    name: 'numeric range, at its closed end',
    pattern: field({ numeric: ['>', 0, '<=', 5] }),
    event: of(5),
    verdict: true,
  },
  {
    name: 'numeric range, at its open end',
    pattern: field({ numeric: ['>', 0, '<=', 5] }),
    event: of(0),
    verdict: false,
  },
  { name: 'numeric of a string', pattern: field({ numeric: ['=', 5] }), event: of('5'), verdict: false },
  { name: 'numeric, however it is written', pattern: field({ numeric: ['=', 300] }), event: of(3e2), verdict: true },
  { name: 'a number literal', pattern: field(3), event: of(3.0), verdict: true },
  { name: 'a string is no number', pattern: field('3'), event: of(3), verdict: false },
  { name: 'a boolean literal', pattern: field(true), event: of(true), verdict: true },
  { name: 'a boolean is no string', pattern: field('true'), event: of(true), verdict: false },
  { name: 'null', pattern: field(null), event: of(null), verdict: true },
  { name: 'exists', pattern: field({ exists: true }), event: of('x'), verdict: true },
  { name: 'exists, of null', pattern: field({ exists: true }), event: of(null), verdict: true },
  { name: 'exists, of an object', pattern: field({ exists: true }), event: of({ a: 1 }), verdict: false },
  { name: 'does not exist', pattern: { detail: { other: [{ exists: false }] } }, event: of('x'), verdict: true },
  { name: 'does not exist, but does', pattern: field({ exists: false }), event: of('x'), verdict: false },
  { name: 'does not exist, or is', pattern: field({ exists: false }, 'x'), event: of('x'), verdict: true },
  {
    name: 'anything but, of a lacking field',
    pattern: { detail: { other: [{ 'anything-but': 'x' }] } },
    event: of('x'),
    verdict: false,
  },
  { name: 'anything but a string, of a number', pattern: field({ 'anything-but': 'x' }), event: of(3), verdict: true },
  { name: 'anything but a number', pattern: field({ 'anything-but': [1, 2] }), event: of(2), verdict: false },
  {
    name: 'anything but a prefix',
    pattern: field({ 'anything-but': { prefix: 'ab' } }),
    event: of('abc'),
    verdict: false,
  },
  {
    name: 'anything but several prefixes',
    pattern: field({ 'anything-but': { prefix: ['x', 'ab'] } }),
    event: of('abc'),
    verdict: false,
  },
  {
    name: 'anything but a suffix',
    pattern: field({ 'anything-but': { suffix: 'c' } }),
    event: of('abd'),
    verdict: true,
  },
  {
    name: 'anything but, case ignored',
    pattern: field({ 'anything-but': { 'equals-ignore-case': 'ABC' } }),
    event: of('abc'),
    verdict: false,
  },
  {
    name: 'anything but a wildcard',
    pattern: field({ 'anything-but': { wildcard: 'a*' } }),
    event: of('abc'),
    verdict: false,
  },
  { name: 'equals, case ignored', pattern: field({ 'equals-ignore-case': 'ABC' }), event: of('aBc'), verdict: true },
  { name: 'one of a list of values', pattern: field('b'), event: of(['a', 'b']), verdict: true },
  { name: 'an empty list has no values', pattern: field({ exists: false }), event: of([]), verdict: true },
  {
    name: '$or, by its second way',
    pattern: { detail: { $or: [{ state: ['SUCCEEDED'] }, { pipeline: ['myPipeline'] }] } },
    event: build,
    verdict: true,
  },
  {
    name: '$or, by no way',
    pattern: { detail: { $or: [{ state: ['SUCCEEDED'] }, { pipeline: ['other'] }] } },
    event: build,
    verdict: false,
  },
  {
    name: '$or over a field that stands beside it: the later one counts',
    pattern: { detail: { state: ['STARTED'], $or: [{ state: ['FAILED'] }, { pipeline: ['other'] }] } },
    event: build,
    verdict: true,
  },
  {
    name: '$or before a field that stands beside it: the later one counts',
    pattern: { detail: { $or: [{ state: ['FAILED'] }, { pipeline: ['other'] }], state: ['STARTED'] } },
    event: build,
    verdict: false,
  },
  {
    name: 'anything but an empty prefix',
    pattern: field({ 'anything-but': { prefix: '' } }),
    event: build,
    verdict: 'invalid',
  },
  {
    name: 'fields of one element of a list',
    pattern: {
      detail: { InferenceSpecification: { Containers: { Image: ['two'], ModelDataUrl: ['s3://bucket/two'] } } },
    },
    event: modelPackage,
    verdict: true,
  },
  {
    name: 'fields of different elements of a list',
    pattern: {
      detail: { InferenceSpecification: { Containers: { Image: ['one'], ModelDataUrl: ['s3://bucket/two'] } } },
    },
    event: modelPackage,
    verdict: false,
  },
  {
    name: 'a field that some element lacks exists',
    pattern: { detail: { field: { a: [{ exists: false }] } } },
    event: of([{ a: 1 }, { b: 2 }]),
    verdict: false,
  },
  // What is no pattern.
  { name: 'a value that is no list', pattern: { source: 'aws.sagemaker' }, event: build, verdict: 'invalid' },
  { name: 'an empty pattern', pattern: {}, event: build, verdict: 'invalid' },
  { name: 'an empty list', pattern: field(), event: build, verdict: 'invalid' },
  { name: 'an unknown operator', pattern: field({ begins: 'x' }), event: build, verdict: 'invalid' },
  { name: 'two operators in one', pattern: field({ prefix: 'x', suffix: 'y' }), event: build, verdict: 'invalid' },
  { name: 'a number to begin with', pattern: field({ prefix: 3 }), event: build, verdict: 'invalid' },
  { name: 'exists of a string', pattern: field({ exists: 'yes' }), event: build, verdict: 'invalid' },
  {
    name: 'anything but strings and numbers',
    pattern: field({ 'anything-but': ['x', 3] }),
    event: build,
    verdict: 'invalid',
  },
  { name: 'anything but nothing', pattern: field({ 'anything-but': [] }), event: build, verdict: 'invalid' },
  { name: 'an upper bound first', pattern: field({ numeric: ['<', 5, '>', 0] }), event: build, verdict: 'invalid' },
  { name: 'an empty range', pattern: field({ numeric: ['>', 5, '<', 0] }), event: build, verdict: 'invalid' },
  { name: 'two wildcards in a row', pattern: field({ wildcard: 'a**c' }), event: build, verdict: 'invalid' },
  { name: 'a list in a list', pattern: field(['x']), event: build, verdict: 'invalid' },
];
