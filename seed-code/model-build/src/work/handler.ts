// Steps without a container: Lambda and callback steps are asked with places by name, and answer with the place that they filled.
import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { openPlace, type Place } from '../dataset';
import { jsonLog, StepError, type Log } from '../sagemaker';

/** What a step's logic is given. */
export interface Work {
  /** By the name of what the step before left. */
  readonly inputs: Readonly<Record<string, Place>>;
  /** Where this step leaves what it makes. */
  readonly output: Place;
  readonly log: Log;
}

/** The step's output parameters. */
export interface Outputs {
  readonly output: string;
}

const s3Uri = z.string().startsWith('s3://');
/** A step's arguments, as `src/pipeline/project.ts` writes them: `output`, and inputs by name. */
const request = z.object({ output: s3Uri }).catchall(s3Uri);

/** A trained model is an object: its place is the folder that it lies in. */
const ARCHIVE = /\/[^/]+\.tar\.gz$/;

/**
 * Makes of a step's logic what Lambda, or a worker, calls. What the logic throws fails the step with its message.
 * @param clientOf where buckets are reached; asked once
 */
export function requestHandler(
  logic: (work: Work) => Promise<void>,
  clientOf: () => S3Client = () => new S3Client({}),
): (event: unknown) => Promise<Outputs> {
  let client: S3Client | undefined;
  const place = (uri: string): Place => openPlace(uri.replace(ARCHIVE, ''), () => (client ??= clientOf()));
  return async (event) => {
    const parsed = request.safeParse(event);
    if (!parsed.success) {
      throw new StepError(`The step's arguments are not places in S3: ${z.prettifyError(parsed.error)}`);
    }
    const { output, ...inputs } = parsed.data;
    await logic({
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, uri]) => [name, place(uri)])),
      output: place(output),
      log: jsonLog((line) => process.stdout.write(line)),
    });
    return { output };
  };
}
