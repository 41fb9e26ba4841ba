// The report: one self-contained HTML file, made from the record of a rehearsal.
import type { TemplateDelegate } from 'handlebars';
import type { Evaluation, Outcome, RehearsalRecord, StepRecord } from '../record';
import { bytes, duration, metric } from './format';
import { journeyOf } from './journey';
import { platformView } from './platform';

/** Numbers in `evaluation.json` that say how metrics were made. */
const SETTINGS = new Set(['maxDetections', 'confidence']);

const VERDICTS: Record<Outcome, { tone: string; word: string; sentence: string }> = {
  registered: {
    tone: 'good',
    word: 'Passed.',
    sentence: 'The model passed its quality gate and waits in the registry for a person’s approval.',
  },
  'gate-failed': {
    tone: 'bad',
    word: 'The quality gate failed.',
    sentence: 'Everything ran; the model was not good enough, and nothing was registered.',
  },
  failed: { tone: 'bad', word: 'Failed.', sentence: 'The rehearsal broke before it could finish.' },
};

/** Renders the report with the compiled template of `templates/rehearsal/report.html.hbs`. */
export function renderReport(record: RehearsalRecord, template: TemplateDelegate): string {
  return template(view(record));
}

function view(record: RehearsalRecord) {
  const verdict = VERDICTS[record.outcome];
  const documented = record.behaviours.filter(({ basis }) => basis === 'documented').length;
  return {
    project: record.project,
    startedAt: record.startedAt.slice(0, 16).replace('T', ' ') + ' UTC',
    duration: duration(record.milliseconds),
    trainer: record.trainer,
    smoke: record.trainer === 'baseline',
    verdict: { ...verdict, sentence: record.reason ?? verdict.sentence },
    journey: journeyOf(record),
    platform: record.platform && platformView(record.platform),
    data: record.data && { ...record.data, version: record.data.version.slice(0, 12), origin: origin(record.data) },
    execution: record.execution && {
      arn: record.execution.arn,
      status: record.execution.status,
      duration: duration(record.execution.milliseconds),
      steps: record.execution.steps.map((step) => stepView(step, record.execution?.milliseconds ?? 0)),
    },
    tracking: record.tracking && { uri: record.tracking.uri, page: record.tracking.page ?? '' },
    interruption: record.interruption && {
      after: duration(record.interruption.milliseconds),
      checkpoints: record.interruption.checkpoints.join(', '),
      resumed:
        record.interruption.resumedFrom === null
          ? 'but did not say from where it went on'
          : `went on after ${record.trainer === 'ultralytics' ? 'epoch' : 'step'} ${record.interruption.resumedFrom}`,
    },
    evaluation: record.evaluation && evaluationView(record.evaluation),
    pictures: record.artifacts.map(({ name, mediaType, body }) => ({
      caption: name,
      mediaType,
      ...(mediaType === 'image/svg+xml'
        ? { svg: body.toString('utf8') }
        : { svg: '', base64: body.toString('base64') }),
    })),
    package: record.package && {
      ...record.package,
      size: bytes(record.package.bytes),
      metadata: Object.entries(record.package.metadata).map(([name, value]) => ({ name, value })),
    },
    serving: record.serving && {
      endpoint: record.serving.endpoint,
      invocations: record.serving.invocations.map((one) => ({
        ...one,
        duration: duration(one.milliseconds),
        tone: one.same ? 'good' : 'bad',
        word: one.same ? 'the same' : 'different',
      })),
    },
    warnings: record.warnings,
    behaviours: record.behaviours.map(({ operation, behaviour, basis, source }) => ({
      operation,
      behaviour,
      basis: source === undefined ? basis : `${basis}: ${source}`,
    })),
    counts: { all: record.behaviours.length, documented, assumed: record.behaviours.length - documented },
    phases: record.phases.map((phase) => ({ name: phase.name, duration: duration(phase.milliseconds) })),
  };
}

function origin(data: NonNullable<RehearsalRecord['data']>): string {
  return data.source === 'sample' ? 'the project’s own synthetic scenes' : data.folder;
}

function stepView(step: StepRecord, total: number) {
  const share = (milliseconds: number): string => ((100 * milliseconds) / Math.max(total, 1)).toFixed(2);
  const ran = step.startedMs !== null;
  return {
    name: step.name,
    type: step.type,
    status: step.status,
    cached: step.cached,
    failureReason: step.failureReason ?? '',
    instances: step.instances === 0 ? '–' : step.instances,
    memory: step.peakBytes === null ? '–' : bytes(step.peakBytes),
    inputs: Object.entries(step.inputs).map(([name, uri]) => ({ name, uri, short: shortUri(uri) })),
    left: share(step.startedMs ?? 0),
    width: ran ? share(step.milliseconds ?? 0) : '0',
    duration: ran ? duration(step.milliseconds ?? 0) : 'not run',
    tone: step.status === 'Failed' ? 'failed' : step.cached ? 'cached' : 'ran',
  };
}

function evaluationView(evaluation: Evaluation) {
  const { sliced, fullFrame, gate } = evaluation;
  return {
    images: evaluation.images,
    confidence: metric(evaluation.operatingPoint.confidence),
    gate: gate.metrics.map((one) => ({
      metric: one.metric,
      value: metric(one.value),
      threshold: metric(one.threshold),
      tone: one.passed ? 'good' : 'bad',
      word: one.passed ? 'passed' : 'failed',
    })),
    metrics: (['coco', 'ultralytics'] as const).flatMap((family) =>
      Object.keys(sliced[family])
        .filter((name) => typeof sliced[family][name] === 'number' && !SETTINGS.has(name))
        .map((name) => ({
          metric: `${family}.${name}`,
          sliced: metric(sliced[family][name]),
          fullFrame: metric(fullFrame[family][name]),
        })),
    ),
  };
}

/** An S3 URI without its bucket, its hashes cut to what a person compares. */
function shortUri(uri: string): string {
  return uri.replace(/^s3:\/\/[^/]+\//, '').replace(/\b([0-9a-f]{10})[0-9a-f]{54}\b/g, '$1…');
}
