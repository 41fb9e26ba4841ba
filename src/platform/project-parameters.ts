// Parameters of the project template, as Studio's form shows them.
import { CfnParameter } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { platformNames } from './platform-names';
import type { TemplateOptions } from './template-options';

/** Parameters that Studio's form does not insist on. AWS spells the key so (`SagemakerTemplateParameterRules`). */
interface ParameterRules {
  readonly SagemakerTemplateParameterRules: Readonly<Record<string, { readonly Optional: true }>>;
}

/** `AWS::CloudFormation::Interface`: how the form groups and labels parameters. */
interface ParameterLayout {
  readonly 'AWS::CloudFormation::Interface': {
    readonly ParameterGroups: readonly {
      readonly Label: { readonly default: string };
      readonly Parameters: readonly string[];
    }[];
    readonly ParameterLabels: Readonly<Record<string, { readonly default: string }>>;
  };
}

/** Parameters that each template has, and those of its repository. */
export class ProjectParameters {
  readonly alertEmail: CfnParameter;
  readonly connection?: ConnectionParameters;
  private readonly groups = new Map<string, string[]>();
  private readonly labels = new Map<string, string>();
  private readonly optional = new Set<string>();

  constructor(
    private readonly scope: Construct,
    private readonly options: TemplateOptions,
  ) {
    this.add('Project', 'SageMakerProjectName', 'Name of the project', {
      description: 'SageMaker fills this in.',
      minLength: 1,
      maxLength: 32,
      allowedPattern: '^[a-zA-Z](-*[a-zA-Z0-9])*$',
      constraintDescription: '1 to 32 letters, digits and inner hyphens, beginning with a letter.',
    });
    this.add('Project', 'SageMakerProjectId', 'Id of the project', {
      description: 'SageMaker fills this in.',
      minLength: 1,
      maxLength: 20,
      allowedPattern: '^[a-z0-9](-*[a-z0-9])*$',
      constraintDescription: '1 to 20 lower-case letters, digits and inner hyphens.',
    });
    if (options.repositoryProvider === 'CodeConnections') {
      this.connection = {
        arn: this.add('Repository', 'ConnectionArn', 'Connection', {
          description: 'ARN of an available CodeConnections connection that may read and write the repository.',
          allowedPattern:
            '^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}$',
          constraintDescription: 'The ARN of a connection, as the console of CodeConnections shows it.',
        }),
        repository: this.add('Repository', 'RepositoryFullName', 'Repository', {
          description: 'Existing, empty repository that model-build moves into, as OWNER/NAME.',
          allowedPattern: '^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$',
          constraintDescription: 'OWNER/NAME of a repository, without its host and without .git.',
        }),
        host: this.add('Repository', 'RepositoryHost', 'Host of the repository', {
          description: 'Host that people clone from.',
          default: 'github.com',
          allowedPattern: '^[A-Za-z0-9.-]+$',
          constraintDescription: 'A host name such as github.com, gitlab.com or bitbucket.org.',
        }),
      };
    }
    this.alertEmail = this.add('Notifications', 'AlertEmail', 'E-mail', {
      description: 'Address that hears of failed builds and trainings; empty for none.',
      default: options.alertEmail ?? '',
      allowedPattern: '^$|^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$',
      constraintDescription: 'An e-mail address, or nothing.',
    });
    this.optional.add('AlertEmail');
  }

  /** A role that exists already. */
  role(id: string, purpose: string): string {
    const { existingRoles } = platformNames(this.options.platform);
    const parameter = this.add('Roles', `${id}Arn`, purpose, {
      description: `ARN of the existing role that ${purpose}.`,
      // The launch role may hand on these, and no others.
      allowedPattern: `^arn:aws[a-z-]*:iam::[0-9]{12}:role/${existingRoles}.+$`,
      constraintDescription: `The ARN of a role whose name begins with ${existingRoles}.`,
    });
    return parameter.valueAsString;
  }

  /** The template's metadata. */
  metadata(): ParameterRules & ParameterLayout {
    return {
      'AWS::CloudFormation::Interface': {
        ParameterGroups: [...this.groups].map(([label, names]) => ({ Label: { default: label }, Parameters: names })),
        ParameterLabels: Object.fromEntries([...this.labels].map(([name, label]) => [name, { default: label }])),
      },
      SagemakerTemplateParameterRules: Object.fromEntries(
        [...this.optional].map((name) => [name, { Optional: true as const }]),
      ),
    };
  }

  private add(group: string, id: string, label: string, props: object): CfnParameter {
    const parameter = new CfnParameter(this.scope, id, { type: 'String', ...props });
    this.groups.set(group, [...(this.groups.get(group) ?? []), id]);
    this.labels.set(id, label);
    return parameter;
  }
}

/** Parameters of a template whose repository is reached through a connection. */
export interface ConnectionParameters {
  readonly arn: CfnParameter;
  readonly repository: CfnParameter;
  readonly host: CfnParameter;
}
