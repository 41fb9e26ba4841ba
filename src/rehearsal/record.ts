// What a rehearsal found out: the one value that the report, `--json` and the exit code are made from.
import type { Publication } from '../operate';
import type { Behaviour, Mail } from './region';

/** How a rehearsal ended: the package was registered, the gate refused it, or something broke. */
export type Outcome = 'registered' | 'gate-failed' | 'failed';

/** One step of the execution, as ListPipelineExecutionSteps tells it. */
export interface StepRecord {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly cached: boolean;
  /** Milliseconds since the execution began; null for a step that never started. */
  readonly startedMs: number | null;
  readonly milliseconds: number | null;
  readonly failureReason?: string;
  /** Hosts that the step's job ran on; 0 where there is no job. */
  readonly instances: number;
  /** Input name → S3 URI. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Highest resident memory seen on one host, in bytes (polled, so a lower bound); null where unknown. */
  readonly peakBytes: number | null;
}

/** One held-out frame that was sent to the served model. */
export interface InvocationRecord {
  readonly image: string;
  readonly milliseconds: number;
  readonly detections: number;
  /** What the evaluate step found in the same frame, at the same operating point. */
  readonly expected: number;
  /** Whether class, place (to a hundredth of a pixel) and score (to 1e-3) of all of them are the same. */
  readonly same: boolean;
}

/** A picture or curve that a step left in S3. */
export interface Artifact {
  readonly name: string;
  readonly mediaType: 'image/svg+xml' | 'image/jpeg' | 'image/png';
  readonly body: Buffer;
}

/** A spot training job whose instance was taken away. */
export interface InterruptionRecord {
  /** Milliseconds that the first container lived. */
  readonly milliseconds: number;
  /** Files that were in S3 for the second. */
  readonly checkpoints: readonly string[];
  /** Step or epoch that the second container went on from; null when it did not say. */
  readonly resumedFrom: number | null;
}

export interface PackageRecord {
  readonly arn: string;
  readonly approval: string;
  readonly modelDataUrl: string;
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An execution of the build pipeline, and the build that it ran. */
export interface BuildRecord {
  /** Id of the execution of CodePipeline. */
  readonly execution: string;
  /** The commit that was built. */
  readonly commit: string;
  readonly status: string;
  /** Phases of CodeBuild, in order. */
  readonly phases: readonly { readonly name: string; readonly status: string; readonly milliseconds: number }[];
  /** Commands of the buildspec, as far as it came. */
  readonly commands: readonly { readonly command: string; readonly milliseconds: number }[];
  /** Lines of its log that speak of what is trained on, until there is data. */
  readonly notes: readonly string[];
  /** Why it failed, with what it said last. */
  readonly reason?: string;
}

/** From the platform's repository to a project with a commit. */
export interface PlatformRecord {
  /** Version that the working tree was frozen as. */
  readonly release: string;
  /** What publishing did, stage by stage; nothing where all of it was published before. */
  readonly publication: readonly Publication['stages'][number][];
  readonly launch?: {
    readonly name: string;
    readonly id: string;
    readonly via: string;
    readonly milliseconds: number;
    /** Where people clone from. */
    readonly repository: string;
  };
  readonly commit?: string;
  readonly builds: readonly BuildRecord[];
  readonly mails: readonly Mail[];
}

export interface RehearsalRecord {
  readonly project: string;
  readonly region: string;
  readonly trainer: string;
  readonly startedAt: string;
  readonly milliseconds: number;
  readonly outcome: Outcome;
  /** The sentence behind an outcome other than `registered`. */
  readonly reason?: string;
  /** Missing where a package was rehearsed alone. */
  readonly platform?: PlatformRecord;
  /** What was done around the execution, in order. */
  readonly phases: readonly { readonly name: string; readonly milliseconds: number }[];
  /** Missing when it broke before the data was pushed. */
  readonly data?: {
    readonly source: 'sample' | 'folder';
    readonly folder: string;
    readonly version: string;
    readonly images: number;
  };
  readonly execution?: {
    readonly arn: string;
    readonly status: string;
    readonly milliseconds: number;
    readonly steps: readonly StepRecord[];
  };
  /** `evaluation.json`, as the evaluate step wrote it. */
  readonly evaluation?: Evaluation;
  /** Missing when nothing was tracked; without a run when the server could not be told. */
  readonly tracking?: {
    readonly uri: string;
    readonly experiment?: string;
    readonly run?: string;
    /** The run's page. */
    readonly page?: string;
  };
  /** Where one was asked for. */
  readonly interruption?: InterruptionRecord;
  readonly warnings: readonly string[];
  readonly artifacts: readonly Artifact[];
  readonly package?: PackageRecord;
  readonly serving?: { readonly endpoint: string; readonly invocations: readonly InvocationRecord[] };
  readonly behaviours: readonly Behaviour[];
}

/** The part of `evaluation.json` that a reader of the report wants. */
export interface Evaluation {
  readonly images: { readonly validation: number; readonly test: number };
  readonly operatingPoint: { readonly confidence: number };
  readonly sliced: MetricSet;
  readonly fullFrame: MetricSet;
  readonly gate: {
    readonly passed: boolean;
    readonly metrics: readonly {
      readonly metric: string;
      readonly threshold: number;
      readonly value: number;
      readonly passed: boolean;
    }[];
  };
}

export interface MetricSet {
  readonly coco: Readonly<Record<string, number>>;
  /** Among its numbers, also the version and rules that they follow. */
  readonly ultralytics: Readonly<Record<string, unknown>>;
}
