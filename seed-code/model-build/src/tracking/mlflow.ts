// MLflow's REST API, as far as this project uses it. Source: mlflow/protos/service.proto, model_registry.proto (MLflow 3.17).
import { z } from 'zod';
import type { TrackingConnection, TrackingRequest } from './connection';
import { TrackingOutageError, TrackingRefusedError } from './errors';

/** What JSON has no number for is spelt. */
const metricValue = z.union([z.number(), z.string().transform(Number)]);
const pair = z.object({ key: z.string(), value: z.string().default('') });
const runSchema = z.object({
  info: z.object({
    run_id: z.string(),
    experiment_id: z.string(),
    status: z.string(),
    start_time: z.coerce.number(),
    artifact_uri: z.string(),
  }),
  data: z
    .object({
      tags: z.array(pair).default([]),
      metrics: z.array(z.object({ key: z.string(), value: metricValue })).default([]),
    })
    .default({ tags: [], metrics: [] }),
});

/** A run, as the server tells it. */
export interface Run {
  readonly id: string;
  readonly experimentId: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly artifactUri: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

export type RunStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export interface Batch {
  readonly metrics: readonly Metric[];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Dataset {
  readonly name: string;
  /** At most 36 characters. */
  readonly digest: string;
  readonly uri: string;
  /** What the run does with it, such as `training`. */
  readonly context: string;
}

export interface NewRun {
  readonly experimentId: string;
  readonly name: string;
  readonly startTime: number;
  readonly tags: Readonly<Record<string, string>>;
}

export type MlflowClient = ReturnType<typeof mlflow>;

/** Milliseconds: a presigned upload of an artifact may take longer than an answer. */
const UPLOAD_TIMEOUT_MS = 120_000;
/** Seconds that a presigned URL is asked to live, as aws/sagemaker-mlflow does. */
const PRESIGNED_SECONDS = 900;

/** All of it throws {@link TrackingOutageError} and {@link TrackingRefusedError}. */
export function mlflow(connection: TrackingConnection) {
  const call = async <T>(schema: z.ZodType<T>, request: TrackingRequest): Promise<T> => {
    const text = await connection.send({ ...request, path: `/api/2.0/mlflow/${request.path}` });
    try {
      return schema.parse(JSON.parse(text === '' ? '{}' : text));
    } catch (error) {
      const { baseUrl } = connection.address;
      throw new TrackingOutageError(
        `${baseUrl} answered ${request.path} with something that is not MLflow's: ${text.slice(0, 100)}`,
        { cause: error },
      );
    }
  };
  const post = (path: string, json: object): Promise<unknown> => call(z.unknown(), { method: 'POST', path, json });

  const getRun = async (id: string): Promise<Run> =>
    runOf((await call(z.object({ run: runSchema }), { method: 'GET', path: 'runs/get', query: { run_id: id } })).run);

  return {
    address: connection.address,

    /** The experiment of that name, made where there is none. @returns its id */
    async experiment(name: string): Promise<string> {
      const find = () =>
        call(z.object({ experiment: z.object({ experiment_id: z.string() }) }), {
          method: 'GET',
          path: 'experiments/get-by-name',
          query: { experiment_name: name },
        }).then(({ experiment }) => experiment.experiment_id);
      return find().catch(async (error: unknown) => {
        if (!refusedWith(error, 'RESOURCE_DOES_NOT_EXIST')) throw error;
        const created = call(z.object({ experiment_id: z.string() }), {
          method: 'POST',
          path: 'experiments/create',
          json: { name },
        });
        return created.then(
          ({ experiment_id: id }) => id,
          (refusal: unknown) => {
            if (refusedWith(refusal, 'RESOURCE_ALREADY_EXISTS')) return find(); // somebody else was faster
            throw refusal;
          },
        );
      });
    },

    async createRun({ experimentId, name, startTime, tags }: NewRun): Promise<Run> {
      const { run } = await call(z.object({ run: runSchema }), {
        method: 'POST',
        path: 'runs/create',
        json: { experiment_id: experimentId, run_name: name, start_time: startTime, tags: pairs(tags) },
        repeatable: false, // an answer that is lost would leave two
      });
      return runOf(run);
    },

    getRun,

    /** Runs that are not deleted and have all of `tags`, the earliest first. */
    async findRuns(experimentId: string, tags: Readonly<Record<string, string>>): Promise<Run[]> {
      const filter = Object.entries(tags).map(([key, value]) => `tags.\`${key}\` = '${value.replaceAll("'", "\\'")}'`);
      const found: Run[] = [];
      let token: string | undefined;
      do {
        const answer = await call(
          z.object({ runs: z.array(runSchema).default([]), next_page_token: z.string().optional() }),
          {
            method: 'POST',
            path: 'runs/search',
            json: {
              experiment_ids: [experimentId],
              filter: filter.join(' and '),
              max_results: 1000,
              page_token: token,
            },
          },
        );
        found.push(...answer.runs.map(runOf));
        token = answer.next_page_token;
      } while (token !== undefined && token !== '');
      return found.sort((a, b) => a.startTime - b.startTime || (a.id < b.id ? -1 : 1));
    },

    updateRun: (id: string, status: RunStatus, endTime?: number) =>
      post('runs/update', { run_id: id, status, ...(endTime !== undefined && { end_time: endTime }) }),

    deleteRun: (id: string) => post('runs/delete', { run_id: id }),

    /** @param batch within the limits of {@link BATCH_LIMITS} */
    logBatch: (id: string, { metrics, params, tags }: Batch) =>
      post('runs/log-batch', {
        run_id: id,
        metrics: metrics.map((metric) => ({ ...metric, value: numberText(metric.value) })),
        params: pairs(params),
        tags: pairs(tags),
      }),

    logInput: (id: string, { name, digest, uri, context }: Dataset) =>
      post('runs/log-inputs', {
        run_id: id,
        datasets: [
          {
            dataset: { name, digest, source_type: 's3', source: JSON.stringify({ uri }) },
            tags: [{ key: 'mlflow.data.context', value: context }],
          },
        ],
      }),

    /** Each value that a metric had, as the server gives them. */
    async metricHistory(id: string, key: string): Promise<Metric[]> {
      const found: Metric[] = [];
      let token: string | undefined;
      do {
        const query = {
          run_id: id,
          metric_key: key,
          max_results: '25000',
          ...(token !== undefined && { page_token: token }),
        };
        const answer = await call(historySchema, { method: 'GET', path: 'metrics/get-history', query });
        found.push(...answer.metrics);
        token = answer.next_page_token;
      } while (token !== undefined && token !== '');
      return found;
    },

    /** Stores an artifact of a run: through the server where it keeps artifacts itself, else where it says they go. */
    async putArtifact(id: string, path: string, bytes: Uint8Array): Promise<void> {
      const { artifactUri } = await getRun(id);
      const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(artifactUri)?.[1];
      if (proxied !== undefined) {
        const target = `${proxied}/${path}`.split('/').map(encodeURIComponent).join('/');
        await connection.send({ method: 'PUT', path: `/api/2.0/mlflow-artifacts/artifacts/${target}`, bytes });
        return;
      }
      const { presigned_url: url, headers } = await call(presignedSchema, {
        method: 'POST',
        path: 'artifacts/presigned-upload-url',
        json: { run_id: id, path, expiration: PRESIGNED_SECONDS },
      });
      const sent = await fetch(url, {
        method: 'PUT',
        headers,
        body: bytes,
        signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
      }).catch((error: unknown) => {
        throw new TrackingOutageError(`The artifact ${path} cannot be uploaded: ${(error as Error).message}.`);
      });
      if (sent.ok) return;
      const said = `The store of artifacts answered ${path} with ${sent.status}.`;
      throw sent.status >= 500 ? new TrackingOutageError(said) : new TrackingRefusedError(said, 'UPLOAD_REFUSED');
    },

    async listArtifacts(id: string, path = ''): Promise<string[]> {
      const { files } = await call(z.object({ files: z.array(z.object({ path: z.string() })).default([]) }), {
        method: 'GET',
        path: 'artifacts/list',
        query: { run_id: id, ...(path !== '' && { path }) },
      });
      return files.map((file) => file.path);
    },

    /** Makes the registered model where there is none. */
    registeredModel: (name: string, description: string) =>
      post('registered-models/create', { name, description }).catch((error: unknown) => {
        if (!refusedWith(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
      }),

    /** Versions of a registered model that a run made. @returns their numbers with the source that each names */
    async modelVersions(name: string, runId: string): Promise<{ version: string; source: string }[]> {
      const filter = `name = '${name}' and run_id = '${runId}'`;
      const { model_versions: versions } = await call(
        z.object({ model_versions: z.array(versionSchema).default([]) }),
        {
          method: 'GET',
          path: 'model-versions/search',
          query: { filter },
        },
      );
      return versions;
    },

    async createModelVersion(
      name: string,
      source: string,
      runId: string,
      tags: Readonly<Record<string, string>>,
    ): Promise<string> {
      const { model_version: created } = await call(z.object({ model_version: versionSchema }), {
        method: 'POST',
        path: 'model-versions/create',
        json: { name, source, run_id: runId, tags: pairs(tags) },
        repeatable: false,
      });
      return created.version;
    },

    setAlias: (name: string, alias: string, version: string) =>
      post('registered-models/alias', { name, alias, version }),

    /** The version that bears an alias. */
    async aliasedVersion(name: string, alias: string): Promise<string> {
      const { model_version: found } = await call(z.object({ model_version: versionSchema }), {
        method: 'GET',
        path: 'registered-models/alias',
        query: { name, alias },
      });
      return found.version;
    },
  };
}

const versionSchema = z.object({ version: z.string(), source: z.string().default('') });
const presignedSchema = z.object({ presigned_url: z.string(), headers: z.record(z.string(), z.string()).default({}) });
const historySchema = z.object({
  metrics: z
    .array(
      z.object({
        key: z.string(),
        value: metricValue,
        timestamp: z.coerce.number(),
        step: z.coerce.number().default(0),
      }),
    )
    .default([]),
  next_page_token: z.string().optional(),
});

export function refusedWith(error: unknown, code: string): error is TrackingRefusedError {
  return error instanceof TrackingRefusedError && error.code === code;
}

function runOf({ info, data }: z.infer<typeof runSchema>): Run {
  return {
    id: info.run_id,
    experimentId: info.experiment_id,
    status: info.status,
    startTime: info.start_time,
    artifactUri: info.artifact_uri,
    tags: Object.fromEntries(data.tags.map(({ key, value }) => [key, value])),
    metrics: Object.fromEntries(data.metrics.map(({ key, value }) => [key, value])),
  };
}

function pairs(values: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

/** Protocol buffers' JSON spells what JSON has no number for. */
function numberText(value: number): number | string {
  return Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}
