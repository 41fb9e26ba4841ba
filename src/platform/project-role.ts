// Roles of a project: made here under a permissions boundary, or named by parameters where creating roles is forbidden.
import { Fn, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { platformNames } from './platform-names';
import type { ProjectParameters } from './project-parameters';
import { globalArn, nameOf } from './substitute';
import type { TemplateOptions } from './template-options';
import type { Named } from './names';

/** What a statement allows; `Effect` is always Allow, and every statement has a name. */
export interface Allow {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ProjectRoleProps {
  readonly name: Named;
  /** Service that takes the role, such as `codebuild`. */
  readonly service: string;
  /** What it is for, to finish the sentence "the role that …". */
  readonly purpose: string;
  readonly allows: readonly Allow[];
}

/** Makes roles, or parameters that name them. */
export class ProjectRoles {
  constructor(
    private readonly scope: Construct,
    private readonly options: TemplateOptions,
    private readonly parameters: ProjectParameters,
  ) {}

  /** @returns the role's ARN */
  add(id: string, props: ProjectRoleProps): string {
    if (this.options.roles === 'existing') return this.parameters.role(id, props.purpose);
    const role = new iam.CfnRole(this.scope, id, {
      roleName: nameOf(props.name),
      description: `${props.purpose[0]?.toUpperCase() ?? ''}${props.purpose.slice(1)}.`,
      assumeRolePolicyDocument: trust(props.service),
      permissionsBoundary: this.boundary(),
      policies: [{ policyName: 'project', policyDocument: policy(props.allows) }],
    });
    return role.attrArn;
  }

  private boundary(): string {
    const { permissionsBoundary, platform } = this.options;
    return globalArn('iam', `policy/${permissionsBoundary ?? platformNames(platform).boundary}`);
  }
}

/** Services act for their own account only (the "confused deputy"). */
export function trust(service: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: `${service}.amazonaws.com` },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': Fn.ref('AWS::AccountId') } },
      },
    ],
  };
}

/** A policy document; statements with one action or resource say it as a list as well. */
export function policy(allows: readonly Allow[]): object {
  return {
    Version: '2012-10-17',
    Statement: allows.map(({ sid, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: 'Allow',
      Action: [...actions],
      Resource: [...resources],
      ...(conditions && { Condition: conditions }),
    })),
  };
}
