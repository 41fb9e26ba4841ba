import { checkTransformer, transform } from '../../../../src/rehearsal/region/eventbridge/transform';
import { SAMPLES } from './samples';

const RULE = {
  'aws.events.rule-arn': 'arn:aws:events:us-east-1:123456789012:rule/commits',
  'aws.events.rule-name': 'commits',
  'aws.events.event.ingestion-time': '2026-01-24T22:03:45Z',
};
const filled = (InputTemplate: string, InputPathsMap: Record<string, string> = {}) =>
  transform({ InputTemplate, InputPathsMap }, { ...SAMPLES.modelPackage }, RULE);

describe('an input transformer', () => {
  test('fills a string, and a JSON document, from paths into the event', () => {
    const paths = { arn: '$.detail.ModelPackageArn', version: '$.detail.ModelPackageVersion', first: '$.resources[0]' };
    expect(JSON.parse(filled('"Version <version> of <first>"', paths))).toBe(
      `Version 2 of ${SAMPLES.modelPackage.resources[0]}`,
    );
    expect(JSON.parse(filled('{"name": "ARN", "value": <arn>, "version": <version>}', paths))).toEqual({
      name: 'ARN',
      value: SAMPLES.modelPackage.detail.ModelPackageArn,
      version: 2,
    });
  });

  test('hands on objects, lists and each of a list', () => {
    const paths = {
      all: '$.detail.InferenceSpecification.Containers[*].Image',
      detail: '$.detail.ModelPackageStatusDetails',
    };
    expect(JSON.parse(filled('[<all>, <detail>]', paths))).toEqual([
      ['one', 'two'],
      SAMPLES.modelPackage.detail.ModelPackageStatusDetails,
    ]);
  });

  test('knows the rule and the whole event', () => {
    expect(filled('"<aws.events.rule-name> at <aws.events.event.ingestion-time>"')).toBe(
      '"commits at 2026-01-24T22:03:45Z"',
    );
    expect(JSON.parse(filled('<aws.events.event.json>'))).toEqual(SAMPLES.modelPackage);
    expect(JSON.parse(filled('<aws.events.event>'))).not.toHaveProperty('detail');
  });

  test('keeps a value with quotes inside the string that it is filled into', () => {
    const event = { detail: { reason: 'the "gate" failed' } };
    const transformer = {
      InputTemplate: '"Why: <reason>, \\"<reason>\\""',
      InputPathsMap: { reason: '$.detail.reason' },
    };
    expect(JSON.parse(transform(transformer, event, RULE))).toBe('Why: the "gate" failed, "the "gate" failed"');
  });

  test('is empty where the event lacks the value', () => {
    expect(filled('{"a": <a>, "b": "<a>"}', { a: '$.detail.nothing' })).toBe('{"a": "", "b": ""}');
  });

  test.each([
    ['a variable that nothing defines', { InputTemplate: '"<who>"' }, '<who>, which InputPathsMap does not define'],
    ['a template that is no JSON', { InputTemplate: 'it is so' }, 'not JSON'],
    ['a path in brackets', { InputTemplate: '"<a>"', InputPathsMap: { a: "$.detail['a']" } }, 'no path of the form'],
    ['a reserved name', { InputTemplate: '"<AWS.a>"', InputPathsMap: { 'AWS.a': '$.detail' } }, 'reserved'],
  ])('is refused with %s', (_, transformer, message) => {
    expect(() => {
      checkTransformer(transformer);
    }).toThrow(message);
  });
});
