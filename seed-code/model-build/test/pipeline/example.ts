// A configuration and an environment for tests of the pipeline.
import type { BundleHashes } from '../../src/bundle/steps';
import { parseConfig, type Config } from '../../src/config';
import type { Environment } from '../../src/pipeline';

export const CONFIG: Config = parseConfig(
  JSON.stringify({
    projectName: 'drone-team',
    region: 'eu-west-1',
    classes: ['car', 'person'],
    flight: { by: 'pattern', pattern: '^(?<flight>[^/]+)/' },
    split: { train: 0.7, validation: 0.15, test: 0.15, timeBlocks: false },
    tiling: { size: 640, overlap: 0.2 },
    validation: { maxDroppedShare: 0.05 },
    training: {
      trainer: 'ultralytics',
      modelSize: 'n',
      imageSize: 640,
      epochs: 50,
      batch: 16,
      acceptUltralyticsLicense: true,
      spot: false,
    },
    gate: { 'coco.AP50': 0.5, 'ultralytics.R': 0.4 },
    instances: {
      processing: { type: 'ml.m5.xlarge', count: 2 },
      training: { type: 'ml.g5.xlarge' },
      inference: { type: 'ml.c5.xlarge' },
    },
    steps: [],
    endpoint: 'real-time',
    tags: { team: 'survey' },
  }),
  'drone-mlops.json',
);

export const ENVIRONMENT: Environment = {
  region: 'eu-west-1',
  bucket: 'drone-artifacts',
  projectName: 'drone-team',
  projectId: 'p-abc123',
  pipelineName: 'drone-team-build',
  roleArn: 'arn:aws:iam::123456789012:role/pipeline',
  modelPackageGroup: 'drone-team',
  nodeImage: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/drone-node:1',
  trainingImage: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/drone-training:1',
};

export const CODE: BundleHashes = {
  split: '1'.repeat(64),
  preprocess: '2'.repeat(64),
  validate: '3'.repeat(64),
  train: '4'.repeat(64),
  evaluate: '5'.repeat(64),
};
