// What a pipeline may look like: CodePipeline's own rules, and what this region runs.
// Source: CodePipeline User Guide, "CodePipeline pipeline structure reference".
import { AwsError } from '../errors';
import type { Action, Declaration } from './world';

interface Provider {
  /** Keys of the configuration; those that end in `!` have to be there. */
  readonly configuration: readonly string[];
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number];
}

/** By `category/provider`. Source: CodePipeline User Guide, "Action structure reference". */
export const PROVIDERS: Readonly<Record<string, Provider>> = {
  'Source/CodeCommit': {
    configuration: ['RepositoryName!', 'BranchName!', 'PollForSourceChanges', 'OutputArtifactFormat'],
    inputs: [0, 0],
    outputs: [1, 1],
  },
  'Source/CodeStarSourceConnection': {
    configuration: ['ConnectionArn!', 'FullRepositoryId!', 'BranchName!', 'DetectChanges', 'OutputArtifactFormat'],
    inputs: [0, 0],
    outputs: [1, 1],
  },
  'Build/CodeBuild': {
    configuration: ['ProjectName!', 'PrimarySource', 'EnvironmentVariables'],
    inputs: [1, 5],
    outputs: [0, 5],
  },
  'Approval/Manual': { configuration: ['CustomData', 'ExternalEntityLink'], inputs: [0, 0], outputs: [0, 0] },
};

export function providerOf({ actionTypeId: { category, provider } }: Action): string {
  return `${category}/${provider}`;
}

/** @throws AwsError */
export function checkDeclaration({ stages, artifactStore, ...declaration }: Declaration): void {
  const refused = Object.keys(declaration).filter((name) => !TAKEN.includes(name));
  if (refused.length > 0) throw structure(`the rehearsal region does not take ${refused.join(', ')}`);
  if (artifactStore?.type !== 'S3') throw structure('the artifact store has to be an S3 bucket');
  if (stages.length < 2) throw structure('a pipeline has at least two stages');
  twice(
    'stage',
    stages.map(({ name }) => name),
  );
  const made = new Set<string>();
  for (const [index, { name, actions, ...more }] of stages.entries()) {
    if (Object.keys(more).length > 0)
      throw structure(`the rehearsal region does not take ${Object.keys(more).join(', ')} in stage ${name}`);
    twice(
      `action in stage ${name}`,
      actions.map((action) => action.name),
    );
    for (const action of actions) {
      const isSource = action.actionTypeId.category === 'Source';
      if (isSource !== (index === 0))
        throw structure(`source actions stand in the first stage, and no others do: ${action.name}`);
      checkAction(action, made);
    }
    for (const { outputArtifacts = [] } of actions) for (const output of outputArtifacts) made.add(output.name);
  }
}

const TAKEN = ['name', 'roleArn', 'version', 'executionMode', 'pipelineType', 'variables'];
const ACTION_MEMBERS = [
  'name',
  'actionTypeId',
  'runOrder',
  'configuration',
  'inputArtifacts',
  'outputArtifacts',
  'roleArn',
  'namespace',
];

function checkAction(action: Action, made: ReadonlySet<string>): void {
  const { name, configuration = {}, inputArtifacts: inputs = [], outputArtifacts: outputs = [] } = action;
  const refused = Object.keys(action).filter((member) => !ACTION_MEMBERS.includes(member));
  if (refused.length > 0) throw structure(`the rehearsal region does not take ${refused.join(', ')} in action ${name}`);
  const provider = PROVIDERS[providerOf(action)];
  if (provider === undefined || action.actionTypeId.owner !== 'AWS') {
    throw structure(
      `the rehearsal region runs no action of ${providerOf(action)}; it runs ${Object.keys(PROVIDERS).join(', ')}`,
    );
  }
  const known = provider.configuration.map((key) => key.replace('!', ''));
  const missing = provider.configuration.filter((key) => key.endsWith('!') && !(key.slice(0, -1) in configuration));
  const unknown = Object.keys(configuration).filter((key) => !known.includes(key));
  if (missing.length > 0)
    throw configured(
      `Action configuration for action '${name}' is missing required configuration '${missing.join(', ').replaceAll('!', '')}'`,
    );
  if (unknown.length > 0)
    throw configured(
      `Action configuration for action '${name}' contains unknown configuration '${unknown.join(', ')}'`,
    );
  if ((configuration.OutputArtifactFormat ?? 'CODE_ZIP') !== 'CODE_ZIP') {
    throw configured(`Action '${name}': the rehearsal region hands sources on as CODE_ZIP`);
  }
  const within = (count: number, [least, most]: readonly [number, number]): boolean => count >= least && count <= most;
  if (!within(inputs.length, provider.inputs) || !within(outputs.length, provider.outputs)) {
    throw structure(`action ${name} has ${inputs.length} input and ${outputs.length} output artifacts`);
  }
  const absent = inputs.filter((input) => !made.has(input.name)).map((input) => input.name);
  if (absent.length > 0) throw structure(`action ${name} takes ${absent.join(', ')}, which no earlier stage makes`);
}

function twice(what: string, names: readonly string[]): void {
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) throw structure(`there is more than one ${what} of the name ${double}`);
}

function structure(reason: string): AwsError {
  return new AwsError('InvalidStructureException', `The pipeline is not valid: ${reason}.`);
}

function configured(message: string): AwsError {
  return new AwsError('InvalidActionDeclarationException', `${message}.`);
}
