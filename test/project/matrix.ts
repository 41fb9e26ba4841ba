// Projects that between them hold each option at its default and at its extremes.
import type { ProjectOptions } from '../../src/options';

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** 32 characters, the most that a project name may have. */
export const LONGEST_NAME = 'Abcdefghij-klmnopqrst-uvwxyz-012';

export const MATRIX: Readonly<Record<string, ProjectOptions>> = {
  'every default': { projectName: 'drone-demo' },
  'the shortest name, one class, the least of everything': {
    projectName: 'a',
    classes: ['car'],
    modelSize: 'n',
    imageSize: 32,
    epochs: 1,
    batch: 1,
    tileSize: 64,
    tileOverlap: 0,
    flight: 'time-gap',
    flightGapMinutes: 0.5,
    validationShare: 0.01,
    testShare: 0.01,
    maxDroppedShare: 0,
    gate: { 'coco.AP': 0 },
    processingInstanceCount: 1,
    endpoint: 'serverless',
    monthlyBudget: 0.01,
  },
  'the longest name, 80 classes, the most of everything': {
    projectName: LONGEST_NAME,
    region: 'us-gov-west-1',
    classes: Array.from({ length: 80 }, (_, i) => `class ${i} with 'quotes', "more" and \\ é 無人機`),
    trainer: 'ultralytics',
    acceptUltralyticsLicense: true,
    modelSize: 'x',
    imageSize: 4096,
    epochs: 100_000,
    batch: 4096,
    tileSize: 4096,
    tileOverlap: 0.99,
    flight: 'pattern',
    flightPattern: '^(.+?)/\'"\\d+{{x}}',
    timeBlocks: true,
    validationShare: 0.49,
    testShare: 0.5,
    maxDroppedShare: 1,
    gate: {
      'coco.AP': 1,
      'coco.AP50': 1,
      'coco.AP75': 1,
      'coco.AR100': 1,
      'ultralytics.P': 1,
      'ultralytics.R': 1,
      'ultralytics.mAP50': 1,
      'ultralytics.mAP50_95': 1,
    },
    processingInstanceType: 'ml.m5.24xlarge',
    processingInstanceCount: 100,
    trainingInstanceType: 'ml.g6e.48xlarge',
    inferenceInstanceType: 'ml.inf2.xlarge',
    spot: true,
    images: {
      node: `123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/team/node@sha256:${'0'.repeat(64)}`,
      training: `123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/training@sha256:${'f'.repeat(64)}`,
    },
    imageRepositories: ['team/node', 'drones-*'],
    endpoint: 'asynchronous',
    repositoryProvider: 'CodeCommit',
    tracking: 'mlflow-server',
    trackingUri: 'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/drone',
    alertEmail: 'team+drones@example.org',
    monthlyBudget: 1e6,
    tags: Object.fromEntries(
      Array.from({ length: 41 }, (_, i) => [`${letters[i % 26] ?? ''}${i}:k`.padEnd(128, 'k'), 'v'.repeat(256)]),
    ),
  },
  'an MLflow App and CodeConnections': {
    projectName: 'survey-2',
    tracking: 'mlflow-app',
    repositoryProvider: 'CodeConnections',
    tags: { team: 'survey', empty: '' },
  },
};
