// Domains of Studio: made by people in the console, and tagged with where their templates lie.
import { assumed, documented } from '../behaviour';
import { API, invalid, notFound, operation } from './operation';
import { page, PAGING_CLAIM, type Paging } from './paging';
import { arn, randomId, seconds, type World } from './world';

/** As DescribeDomain has it, as far as anything here asks. */
export interface Domain {
  readonly DomainId: string;
  readonly DomainArn: string;
  readonly DomainName: string;
  readonly Status: string;
  readonly CreationTime: number;
  readonly AuthMode: string;
  readonly DefaultUserSettings: { readonly ExecutionRole: string };
}

const ID_LENGTH = 12;

const describeDomain = operation<{ DomainId: string }>(
  'DescribeDomain',
  {
    claims: [
      documented('One that is not there: ResourceNotFound.', `${API}, DescribeDomain: Errors`),
      assumed('A domain is a name and its default execution role: no Studio is behind it.'),
    ],
  },
  ({ DomainId }, { domains }) => {
    const domain = domains.get(DomainId);
    if (domain === undefined) throw notFound(`Domain [${DomainId}] does not exist.`);
    return { ...domain };
  },
);

const listDomains = operation<Paging>('ListDomains', { claims: [PAGING_CLAIM] }, (paging, { domains }) => {
  const { items, token } = page(
    domains.all().sort((a, b) => a.CreationTime - b.CreationTime),
    paging,
  );
  const Domains = items.map(({ DomainId, DomainArn, DomainName, Status, CreationTime }) => ({
    DomainId,
    DomainArn,
    DomainName,
    Status,
    CreationTime,
  }));
  return { Domains, ...token };
});

export const DOMAIN_OPERATIONS = [describeDomain, listDomains];

/**
 * What a person does in the console: sets Studio up.
 * @param executionRole ARN of the role that people have there
 * @returns the domain's id
 */
export function setUpDomain(world: World, DomainName: string, executionRole: string): string {
  const present = world.domains.all().find((domain) => domain.DomainName === DomainName);
  if (present !== undefined) return present.DomainId;
  if (!executionRole.startsWith('arn:')) throw invalid(`${executionRole} is no ARN of a role.`);
  const DomainId = `d-${randomId(ID_LENGTH)}`;
  const DomainArn = arn(world, `domain/${DomainId}`);
  world.domains.put(DomainId, {
    DomainId,
    DomainArn,
    DomainName,
    Status: 'InService',
    CreationTime: seconds(),
    AuthMode: 'IAM',
    DefaultUserSettings: { ExecutionRole: executionRole },
  });
  world.tags.put(DomainArn, []);
  return DomainId;
}
