// A rehearsal that passed its gate, as a value to render.
import sharp from 'sharp';
import type { RehearsalRecord } from '../../../src/rehearsal';

const EXECUTION = 'arn:aws:sagemaker:eu-west-1:000000000000:pipeline/demo/execution/abcdefghijkl';

export async function passedRecord(): Promise<RehearsalRecord> {
  const jpeg = await sharp({ create: { width: 64, height: 36, channels: 3, background: '#578a4c' } })
    .jpeg()
    .toBuffer();
  const step = { type: 'ProcessingJob', status: 'Succeeded', cached: false, instances: 1, peakBytes: 150e6 };
  return {
    project: 'demo',
    region: 'eu-west-1',
    trainer: 'baseline',
    startedAt: '2026-11-23T20:00:00.000Z',
    milliseconds: 83_400,
    outcome: 'registered',
    phases: [{ name: 'Run the pipeline', milliseconds: 61_000 }],
    platform: {
      release: '1.0.0',
      publication: [{ stage: 'Seeds', changes: [{ text: 'upload releases/1.0.0/model-build.zip' }] }],
      launch: {
        name: 'demo',
        id: 'p-abcdefghijkl',
        via: 'service-catalog',
        milliseconds: 5_600,
        repository: 'https://github.com/rehearsal/demo.git',
      },
      commit: 'b'.repeat(40),
      builds: [
        { execution: '1', commit: 'a'.repeat(40), status: 'Stopped', phases: [], commands: [], notes: [] },
        {
          execution: '2',
          commit: 'b'.repeat(40),
          status: 'Succeeded',
          phases: [{ name: 'BUILD', status: 'SUCCEEDED', milliseconds: 90_000 }],
          commands: [{ command: 'npm run lint', milliseconds: 14_000 }],
          notes: ['No data version has been pushed yet: executions use the sample set.'],
        },
      ],
      mails: [
        { date: '2026-11-23T20:02:00.000Z', to: 'team@example.com', subject: 'training succeeded', text: 'It did.' },
      ],
    },
    data: { source: 'sample', folder: 'sample', version: 'c0ffee'.padEnd(64, '0'), images: 66 },
    execution: {
      arn: EXECUTION,
      status: 'Succeeded',
      milliseconds: 61_000,
      steps: [
        {
          ...step,
          name: 'Split',
          startedMs: 0,
          milliseconds: 700,
          inputs: { data: 's3://bucket/data/versions/c0ffee' },
        },
        { ...step, name: 'Train', type: 'TrainingJob', startedMs: 700, milliseconds: 38_000, inputs: {} },
        { ...step, name: 'Evaluate', startedMs: 38_700, milliseconds: 12_000, inputs: {}, cached: true },
      ],
    },
    evaluation: {
      images: { validation: 11, test: 11 },
      operatingPoint: { confidence: 0.31 },
      sliced: { coco: { AP50: 0.873, APl: -1 }, ultralytics: { mAP50: 0.868, version: '8.4.175' } },
      fullFrame: { coco: { AP50: 0.402, APl: -1 }, ultralytics: { mAP50: 0.4, version: '8.4.175' } },
      gate: { passed: true, metrics: [{ metric: 'coco.AP50', threshold: 0.5, value: 0.873, passed: true }] },
    },
    warnings: [],
    artifacts: [
      {
        name: 'Precision against recall',
        mediaType: 'image/svg+xml',
        body: Buffer.from(
          '<svg viewBox="0 0 100 60" role="img" aria-label="Precision against recall"><path d="M5 5 L90 50" stroke="currentColor" fill="none"/></svg>',
        ),
      },
      { name: 'Frames that went best', mediaType: 'image/jpeg', body: jpeg },
    ],
    package: {
      arn: 'arn:aws:sagemaker:eu-west-1:000000000000:model-package/demo/1',
      approval: 'PendingManualApproval',
      modelDataUrl: 's3://bucket/executions/abc/evaluate/model/model.tar.gz',
      bytes: 412_000,
      metadata: { dataVersion: 'c0ffee', licence: 'Apache-2.0' },
    },
    serving: {
      endpoint: 'rehearsal',
      invocations: [{ image: 'flight-05/0001.jpg', milliseconds: 180, detections: 14, expected: 14, same: true }],
    },
    behaviours: [
      { operation: 's3:PutObject', behaviour: 'Answers with an ETag.', basis: 'documented', source: 'API_PutObject' },
      { operation: 'sagemaker:CreateEndpoint', behaviour: 'One host serves, whatever the count.', basis: 'assumed' },
    ],
  };
}
