// How every stack of ours is synthesised: without assets or a bootstrapped account, with ids that a person can read.
import { LegacyStackSynthesizer, Stack, Tags, type CfnElement } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

export interface PlainStackProps {
  /** Name of the stack; a template that others launch has none. */
  readonly stackName?: string;
  readonly description: string;
  /** Tags of every resource. */
  readonly tags: Readonly<Record<string, string>>;
}

export abstract class PlainStack extends Stack {
  constructor(scope: Construct, id: string, { tags, ...props }: PlainStackProps) {
    super(scope, id, { ...props, synthesizer: new LegacyStackSynthesizer() });
    // On the resources: the stack itself is tagged by whoever launches it.
    const excludeResourceTypes = ['aws:cdk:stack'];
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value, { excludeResourceTypes });
  }

  /** The path of the construct: a person reads these names in the console for as long as the stack lives. */
  protected override allocateLogicalId(element: CfnElement): string {
    return element.node.path
      .split('/')
      .slice(this.node.path.split('/').length)
      .filter((part) => part !== 'Default' && part !== 'Resource')
      .join('');
  }
}
