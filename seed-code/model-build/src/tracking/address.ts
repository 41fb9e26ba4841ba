// Where a tracking server is, and how requests to it prove who sends them: a plain MLflow server by its URL, SageMaker's by ARN.
// Source: aws/sagemaker-mlflow 0.3.0 (base URLs, services, headers by the ARN's resource type).
import { TrackingAddressError } from './errors';

/** A plain MLflow server. */
export interface PlainAddress {
  readonly kind: 'plain';
  readonly baseUrl: string;
}

/** An MLflow tracking server or MLflow App of SageMaker: each request is signed, and names the resource in a header. */
export interface SageMakerAddress {
  readonly kind: 'sagemaker';
  readonly baseUrl: string;
  readonly arn: string;
  readonly region: string;
  /** The service that the signature is for. */
  readonly service: string;
  /** The header that carries the ARN. */
  readonly header: string;
}

export type TrackingAddress = PlainAddress | SageMakerAddress;

const RESOURCES = {
  'mlflow-tracking-server': {
    url: (region: string) => `https://${region}.experiments.sagemaker.aws`,
    service: 'sagemaker-mlflow',
    header: 'x-mlflow-sm-tracking-server-arn',
  },
  'mlflow-app': {
    url: (region: string) => `https://mlflow.sagemaker.${region}.app.aws`,
    service: 'sagemaker',
    header: 'x-sm-mlflow-app-arn',
  },
} as const;

const ARN = /^arn:(?:aws|aws-us-gov):sagemaker:([a-z0-9-]+):\d{12}:(mlflow-tracking-server|mlflow-app)\/[\w-]+$/;

/**
 * @param uri what `MLFLOW_TRACKING_URI` holds: an `http(s)` URL, or the ARN of a tracking server or an MLflow App
 * @param customEndpoint base URL in place of SageMaker's own (`SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT`)
 * @throws TrackingAddressError
 */
export function trackingAddress(uri: string, customEndpoint?: string): TrackingAddress {
  const [, region, resource] = ARN.exec(uri) ?? [];
  if (region !== undefined && resource !== undefined) {
    // The expression admits these two alone.
    const { url, service, header } = RESOURCES[resource as keyof typeof RESOURCES];
    const baseUrl = customEndpoint === undefined ? url(region) : withoutSlash(customEndpoint);
    return { kind: 'sagemaker', baseUrl, arn: uri, region, service, header };
  }
  if (!URL.canParse(uri) || !/^https?:$/.test(new URL(uri).protocol)) {
    throw new TrackingAddressError(
      `${JSON.stringify(uri)} is no tracking server: give an http(s) URL, or the ARN of an MLflow tracking server or MLflow App.`,
    );
  }
  return { kind: 'plain', baseUrl: withoutSlash(uri) };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
