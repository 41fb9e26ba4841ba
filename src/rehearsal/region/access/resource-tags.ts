// Tags of resources, as calls have put them there: what IAM asks about in `aws:ResourceTag`.
import type { Collection } from '../collection';
import type { Access, Members } from '../service';
import { requestTags } from '../service/tag-context';

export interface Tagged {
  readonly tags: Readonly<Record<string, string>>;
  /** The operation that tagged it first; for example `CreateRole`. */
  readonly by: string;
}

/** Services whose tags IAM does not ask about: S3 does only where a bucket was told so. */
const UNASKED = ['s3'];

export class ResourceTags {
  /** @param resources by ARN */
  constructor(private readonly resources: Collection<Tagged>) {}

  /** Condition keys of a resource. */
  context(arn: string): Record<string, string> {
    const tags = Object.entries(this.resources.get(plain(arn))?.tags ?? {});
    return Object.fromEntries(tags.map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  }

  /** Takes note of what an operation that succeeded has done. */
  note(operation: string, [access]: readonly Access[], input: Members, output: Members): void {
    if (access === undefined || UNASKED.includes(access.action.split(':')[0] ?? '')) return;
    const named = access.resources.map(plain).filter((arn) => !arn.endsWith('*'));
    for (const arn of named) {
      const { by } = this.resources.get(arn) ?? {};
      // `CreateRole` is undone by `DeleteRole`, and not by `DeleteRolePolicy`.
      if (by !== undefined && operation === by.replace(/^[A-Z][a-z]+/, 'Delete')) this.resources.delete(arn);
    }
    const tags = requestTags(input);
    if (tags.length === 0) return;
    // What is named by its service is known once it is made.
    for (const arn of named.length > 0 ? named : arnsIn(output)) {
      const present = this.resources.get(arn);
      const all = { ...present?.tags, ...Object.fromEntries(tags) };
      this.resources.put(arn, { tags: all, by: present?.by ?? operation });
    }
  }
}

/** ARNs of log groups are written with and without what stands for their streams. */
function plain(arn: string): string {
  return arn.replace(/:\*$/, '');
}

/** The ARN of what an answer describes. */
function arnsIn(output: Members): string[] {
  const described = Object.values(output).flatMap((value): unknown[] =>
    typeof value === 'object' && value !== null ? Object.values(value) : [value],
  );
  const arn = described.find((value) => typeof value === 'string' && value.startsWith('arn:'));
  return typeof arn === 'string' ? [arn] : [];
}
