import { OptionError, resolveOptions } from '../../src/options';

const resolve = (given: object) => () => resolveOptions({ projectName: 'demo', ...given });

describe('resolving options', () => {
  test('fills in what was not given, and leaves out what has no default', () => {
    const options = resolveOptions({ projectName: 'demo', epochs: undefined });
    expect(options).toMatchObject({ trainer: 'baseline', epochs: 50, gate: { 'coco.AP50': 0.5 } });
    expect(options).not.toHaveProperty('alertEmail');
  });

  test.each([
    ['a name that is missing', { projectName: undefined }, /^projectName is missing/],
    ['an unknown option', { clases: ['a'] }, /^clases is no option: there are projectName, /],
    ['no classes', { classes: [] }, /^classes names at least one class/],
    ['two classes with one name', { classes: ['car', 'bus', 'car'] }, /^classes names every class once/],
    ['a class without a name', { classes: ['car', ' '] }, /^classes gives every class a name/],
    ['a text where a list belongs', { classes: 'car' }, /^classes is a list of texts, not "car"/],
    ['a number as text', { epochs: '3' }, /^epochs is a whole number, not "3"/],
    ['half an epoch', { epochs: 1.5 }, /^epochs is a whole number/],
    ['no number at all', { tileOverlap: NaN }, /^tileOverlap is a number/],
    ['an image size between strides', { imageSize: 650 }, /^imageSize is a multiple of 32/],
    ['a full overlap', { tileOverlap: 1 }, /^tileOverlap is 0 or more and less than 1/],
    ['a gate of nothing', { gate: {} }, /^gate names at least one metric/],
    ['a gate on a metric that is not measured', { gate: { mAP: 0.5 } }, /^gate names metrics out of coco\.AP, /],
    ['a threshold of 50', { gate: { 'coco.AP50': 50 } }, /^gate has thresholds from 0 to 1/],
    ['an instance type without ml.', { trainingInstanceType: 'm5.large' }, /^trainingInstanceType is a SageMaker inst/],
    ['an unknown choice', { endpoint: 'edge' }, /^endpoint is one of real-time, serverless, asynchronous, not "edge"/],
    ['a pattern that does not compile', { flightPattern: '(' }, /^flightPattern is a regular expression/],
    ['a flight by a pattern that is missing', { flight: 'pattern' }, /^flightPattern is missing: flight is pattern/],
    ['nothing left to train on', { validationShare: 0.5, testShare: 0.5 }, /^testShare and validationShare together/],
    ['a tag of AWS', { tags: { 'aws:x': 'y' } }, /^tags has no empty key, and none that begins with aws:/],
    ['42 tags', { tags: Object.fromEntries(Array.from({ length: 42 }, (_, i) => [i, ''])) }, /^tags has at most 41/],
    ['a VPC without subnets', { vpcId: 'vpc-1' }, /^vpcId goes with subnetIds/],
    ['a subnet without a VPC', { subnetIds: ['subnet-1'] }, /^vpcId goes with subnetIds/],
    ['every role of an account', { studioRoles: ['*'] }, /^studioRoles names roles/],
    ['no address', { alertEmail: 'me' }, /^alertEmail is an e-mail address/],
    ['no region', { region: 'Frankfurt' }, /^region is the code of a region/],
  ])('%s is an error of one sentence that names the option', (_, given, message) => {
    expect(resolve(given)).toThrow(OptionError);
    expect(resolve(given)).toThrow(message);
  });

  test('Ultralytics without its licence is refused, with both ways out', () => {
    expect(resolve({ trainer: 'ultralytics' })).toThrow(/set acceptUltralyticsLicense .+, or choose trainer baseline/);
    expect(resolve({ trainer: 'ultralytics', acceptUltralyticsLicense: true })().trainer).toBe('ultralytics');
  });
});
