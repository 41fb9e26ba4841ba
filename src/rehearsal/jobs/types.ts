// What a job needs from the region, and what it tells it.

/** A stored object: its whole URI and its size in bytes. */
export interface StoredObject {
  readonly uri: string;
  readonly size: number;
}

/** S3 as the region keeps it. URIs are `s3://bucket/key`. */
export interface ObjectStore {
  /** Every object whose URI begins with `prefix`, in the order of their keys' UTF-8 bytes. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Puts a copy of the object at the path `file`, whose folder exists; what happens to the file never reaches the object. */
  download(uri: string, file: string): Promise<void>;
  /** Stores a copy of the file. */
  upload(file: string, uri: string): Promise<void>;
  delete(uri: string): Promise<void>;
}

/** What stands in for a container image. */
export interface RuntimeImage {
  /** Folders in which the image's modules are found, as `NODE_PATH` takes them. */
  readonly nodePath: string;
  /** The image's `launcher.cjs`. */
  readonly launcher: string;
  /** What the image sets. @default nothing */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface LogLine {
  readonly host: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Where and with what jobs run. */
export interface JobRuntime {
  /** Each job gets a folder of its own below it. */
  readonly folder: string;
  readonly store: ObjectStore;
  /** The image of an image URI; undefined when a rehearsal has none such. */
  image(uri: string): RuntimeImage | undefined;
  /** Credentials, endpoints and region of the loopback region. Wins over what a job asks for, and nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the hosts' folders stay when a job has ended. @default false */
  readonly keep?: boolean;
  /** Time between SIGTERM and SIGKILL. @default 120, SageMaker's. */
  readonly graceSeconds?: number;
  /** Takes the instance of the first spot training job away so many seconds after the job's first checkpoint. @default never */
  readonly interruptTrainingAfter?: number;
  onLog?(job: string, line: LogLine): void;
}

/** A job to run: `request` is the body of the Create operation, validated by the region. */
export interface JobRequest {
  readonly name: string;
  readonly arn: string;
  readonly request: unknown;
}

/** One host of a job that has ended. */
export interface HostRecord {
  /** `algo-1`, `algo-2`, … */
  readonly host: string;
  /** What it printed, as one file. */
  readonly log: string;
  /** As a container engine reports it: 128 and more for a process that a signal ended. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
  /** Largest resident memory seen in bytes, sampled several times a second: the peak was at least this. */
  readonly peakMemoryAtLeast?: number;
}

/** An instance was taken away from a job, which went on elsewhere from its checkpoints. */
export interface Interruption {
  /** Since the container began. */
  readonly milliseconds: number;
  /** Files that its checkpoints were, in S3. */
  readonly checkpoints: readonly string[];
}

/** How a job ended; the fields are those of the Describe responses. */
export interface JobOutcome {
  /** `Stopped` also when the time was up; the failure reason then says so. */
  readonly status: 'Completed' | 'Failed' | 'Stopped';
  readonly startTime: Date;
  readonly endTime: Date;
  readonly failureReason?: string;
  /** Processing: what the container left in `output/message`. */
  readonly exitMessage?: string;
  /** Training: where `model.tar.gz` is. */
  readonly modelArtifacts?: string;
  /** Training, when it differs from the status. */
  readonly secondaryStatus?: 'MaxRuntimeExceeded';
  /** Training on spot capacity: the instances that were taken away, in order. */
  readonly interruptions?: readonly Interruption[];
  readonly hosts: readonly HostRecord[];
}

/** A model to serve: what a production variant's container names. */
export interface ServingRequest {
  readonly name: string;
  readonly image: string;
  /** `s3://…/model.tar.gz` */
  readonly modelDataUrl: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A container that serves, and answered `/ping`. */
export interface Serving {
  /** For example `http://127.0.0.1:40123`, without a slash at its end. */
  readonly url: string;
  /** Settles when the container has ended, by {@link stop} or by itself; tells why. */
  readonly ended: Promise<string>;
  /** SIGTERM, then SIGKILL after 30 s. Settles when nothing is left of it. */
  stop(): Promise<void>;
}
