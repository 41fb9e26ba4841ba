// Service Quotas: what an account may use at most, as far as somebody has said so.
import type { Base } from './base';
import { assumed, documented } from './behaviour';
import type { Collection } from './collection';
import { AwsError } from './errors';
import { SERVICE_QUOTAS_MODEL } from './model';
import { operationsOf, type ApiDeclaration } from './service';

/** As ListServiceQuotas has it, as far as anything here asks. */
interface Quota {
  readonly ServiceCode: string;
  readonly QuotaCode: string;
  readonly QuotaName: string;
  readonly Value: number;
}

export type QuotaWorld = Collection<Quota>;

export function createQuotas({ collection }: Pick<Base, 'collection'>): QuotaWorld {
  return collection<Quota>('service-quotas');
}

/** What AWS grants or takes away: @param name for example `ml.m5.xlarge for training job usage` */
export function setQuota(quotas: QuotaWorld, name: string, Value: number): void {
  const QuotaCode = quotas.get(name)?.QuotaCode ?? `L-${String(quotas.all().length + 1).padStart(8, '0')}`;
  quotas.put(name, { ServiceCode: SERVICE, QuotaCode, QuotaName: name, Value });
}

/** The one service that anything here asks about. */
const SERVICE = 'sagemaker';
/** Source: Service Quotas API Reference, ListServiceQuotas: MaxResults. */
const PAGE_LENGTH = 100;

const listServiceQuotas = operationsOf<QuotaWorld>()<{
  readonly ServiceCode: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}>(
  'ListServiceQuotas',
  {
    claims: [
      documented(
        'A service that is not known: NoSuchResourceException.',
        'Service Quotas API Reference, ListServiceQuotas: Errors',
      ),
      assumed('An account has the quotas that a person has set, and no others; nothing is held to them.'),
    ],
    refuses: ['QuotaAppliedAtLevel'],
  },
  ({ ServiceCode, MaxResults = PAGE_LENGTH, NextToken = '0' }, quotas) => {
    if (ServiceCode !== SERVICE) throw new AwsError('NoSuchResourceException', `There is no service ${ServiceCode}.`);
    const from = Number(NextToken);
    const all = quotas.all().sort((a, b) => (a.QuotaCode < b.QuotaCode ? -1 : 1));
    const end = from + MaxResults;
    return { Quotas: all.slice(from, end), ...(end < all.length && { NextToken: String(end) }) };
  },
);

export const SERVICE_QUOTAS_API: ApiDeclaration<QuotaWorld> = {
  name: 'servicequotas',
  model: SERVICE_QUOTAS_MODEL,
  operations: [listServiceQuotas],
};
