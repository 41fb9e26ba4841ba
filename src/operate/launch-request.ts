// What a launch asks for, held against the platform before AWS hears of it: its name, its version, its parameters.
import { faultOf } from '../options';
import type { Release } from '../catalog';
import { offered, type Platform } from './platform';

/** A launch cannot go through as it was asked for; the message says what to change. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

export type Way = 'service-catalog' | 's3';

export interface LaunchRequest {
  readonly name: string;
  readonly via: Way;
  /** @default the newest */
  readonly release?: string;
  /** Parameters of the template, beside those that SageMaker fills in. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What SageMaker fills in. */
const FILLED_IN = new Set(['SageMakerProjectName', 'SageMakerProjectId']);

/** The parts of a template's parameter that a value is held against. */
interface Parameter {
  readonly Default?: string;
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
}

/** @throws LaunchError for a name that SageMaker, or the names made from it, would not take */
export function checkName(name: string): void {
  const fault = faultOf('projectName', name);
  if (fault !== undefined) throw new LaunchError(`The name of a project ${fault}: choose another.`);
}

/** @throws LaunchError for a version that is not offered */
export function releaseOf(platform: Platform, { release }: Pick<LaunchRequest, 'release'>): Release {
  const versions = offered(platform);
  const found = release === undefined ? versions.at(-1) : versions.find(({ version }) => version === release);
  if (found) return found;
  const known = versions.map(({ version }) => version).join(', ') || 'none yet';
  throw new LaunchError(`The version ${release ?? ''} of the product is not offered: there is ${known}.`);
}

/** @throws LaunchError for a parameter that the template does not have, does not get, or would not take */
export function checkParameters({ template, version }: Release, given: LaunchRequest['parameters']): void {
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters).filter(([name]) => !FILLED_IN.has(name)),
  ) as Readonly<Record<string, Parameter>>; // as CloudFormation reads them
  const known = Object.keys(parameters);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new LaunchError(`The template of ${version} has no parameter ${unknown}: it has ${known.join(', ')}.`);
  }
  const missing = known.filter((name) => given[name] === undefined && parameters[name]?.Default === undefined);
  if (missing.length > 0) {
    throw new LaunchError(
      `The template of ${version} needs ${missing.join(' and ')}: give ${missing.map((name) => `--set ${name}=…`).join(' ')}.`,
    );
  }
  for (const [name, value] of Object.entries(given)) {
    const { AllowedPattern = '', ConstraintDescription = '' } = parameters[name] ?? {};
    if (new RegExp(AllowedPattern).test(value)) continue;
    throw new LaunchError(`--set ${name}=${value} is not what the template takes: ${ConstraintDescription}`);
  }
}
