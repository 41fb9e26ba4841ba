// Where our definition differs from the Python SDK's, and why it may; any other difference fails the test.

/** A difference that is known: the value at `path` is `ours` here and `sdk` there; absent where undefined. */
export interface KnownDifference {
  readonly path: string;
  readonly ours: unknown;
  readonly sdk: unknown;
  /** Where the SDK does it. */
  readonly source: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    path: 'Steps[5].Arguments.IfSteps[0].Arguments.InferenceSpecification.Containers[0].Environment',
    ours: undefined,
    sdk: {},
    source: 'sagemaker/session.py, container_def: `env` defaults to an empty map, which the API does not ask for',
  },
  {
    path: 'Steps[5].Arguments.IfSteps[0].Name',
    ours: 'Register',
    sdk: 'Register-RegisterModel',
    source: 'sagemaker/workflow/model_step.py, _REGISTER_MODEL_NAME_BASE: v2 adds the suffix, v3 does not',
  },
];

/** Differences between two JSON values; the order of keys does not count. */
export function differences(ours: unknown, sdk: unknown, path = ''): Omit<KnownDifference, 'source'>[] {
  if (Array.isArray(ours) && Array.isArray(sdk)) {
    return Array.from({ length: Math.max(ours.length, sdk.length) }, (_, index) =>
      differences(ours[index], sdk[index], `${path}[${index}]`),
    ).flat();
  }
  if (isObject(ours) && isObject(sdk)) {
    const keys = [...new Set([...Object.keys(ours), ...Object.keys(sdk)])].sort();
    return keys.flatMap((key) => differences(ours[key], sdk[key], path === '' ? key : `${path}.${key}`));
  }
  return ours === sdk ? [] : [{ path, ours, sdk }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
