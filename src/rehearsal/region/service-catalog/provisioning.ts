// Provisioned products: launched, updated and ended as stacks, in the name of the launch role.
import { assumed, documented } from '../behaviour';
import type { Tag } from '../cloudformation/resource';
import { AwsError } from '../errors';
import { seconds } from '../time';
import { TAGS_PAGE } from './launch-paths';
import {
  launcher,
  launchRole,
  listed,
  pathOf,
  refuseUnlessLaunchable,
  stackId,
  templateOf,
  valuesOf,
  type ParameterGiven,
} from './launching';
import { answered, ofOwn, present, recorded } from './provisioned';
import { statusOf } from './provisioned-status';
import {
  API,
  artifactOf,
  catalogArn,
  existing,
  GUIDE,
  invalid,
  newId,
  operation,
  retagged,
  type Provisioned,
} from './world';

const UNHEEDED = ['ProvisioningPreferences', 'NotificationArns'];

const provisionProduct = operation<{
  ProductId?: string;
  ProvisioningArtifactId?: string;
  PathId?: string;
  ProvisionedProductName: string;
  ProvisioningParameters?: readonly ParameterGiven[];
  Tags?: readonly Tag[];
  ProvisionToken: string;
}>(
  'ProvisionProduct',
  {
    claims: [
      documented('A product without a launch path for the caller is not found.', `${API}, ProvisionProduct: Errors`),
      documented('The stack is made in the name of the launch role.', `${GUIDE}, "Launch constraints"`),
      documented('The stack has the tags of portfolio and product, and those of the request over them.', TAGS_PAGE),
      documented('The same ProvisionToken again launches nothing new.', `${API}, ProvisionProduct: ProvisionToken`),
      documented('A name that is taken: DuplicateResourceException.', `${API}, ProvisionProduct: Errors`),
      assumed('The stack is called SC-<account>-<provisioned product id>.'),
      assumed('A product is launched without a constraint by whoever launches it.'),
      assumed('AutoTags (aws:servicecatalog:…) are left out.'),
    ],
    refuses: [...UNHEEDED, 'ProductName', 'ProvisioningArtifactName', 'PathName'],
    access: ({ ProductId = '*' }, world) => [
      { action: 'servicecatalog:ProvisionProduct', resources: [catalogArn(world, `product/${ProductId}`)] },
    ],
  },
  async (input, world, caller) => {
    const { ProvisionedProductName: Name, ProvisionToken: token, Tags = [] } = input;
    const again = world.provisioned.all().find((one) => one.token === token);
    if (again !== undefined) return answered(world, again, again.lastProvisioning);
    for (const other of world.provisioned.all().filter((one) => one.Name === Name)) {
      if ((await statusOf(world, other)) === undefined) continue;
      throw new AwsError('DuplicateResourceException', `A provisioned product with the name ${Name} exists already.`);
    }
    const product = existing(world.products, 'Product', input.ProductId ?? '');
    const artifact = artifactOf(product, input.ProvisioningArtifactId ?? '');
    refuseUnlessLaunchable(artifact);
    const path = pathOf(world, product, caller.principal.arn, input.PathId);
    const role = launchRole(world, path, product);
    const parameters = valuesOf(input.ProvisioningParameters ?? [], {});
    const Id = newId('pp');
    const by = await launcher(world, role, caller);
    const created = await stackId(() =>
      by.call('cloudformation', 'CreateStack', {
        StackName: `SC-${world.account}-${Id}`,
        ...templateOf(artifact, by),
        Parameters: listed(parameters),
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
        Tags: retagged(retagged(path.portfolio.tags, product.tags), Tags),
      }),
    );
    const record = recorded(world, 'PROVISION_PRODUCT', Id, artifact.Id, created.refused);
    const provisioned: Provisioned = {
      Id,
      Name,
      Arn: `arn:aws:servicecatalog:${world.region}:${world.account}:stack/${Name}/${Id}`,
      CreatedTime: seconds(),
      token,
      ProductId: product.Id,
      ProvisioningArtifactId: artifact.Id,
      PathId: path.id,
      ...(role !== undefined && { launchRole: role }),
      owner: caller.principal.arn,
      ...(created.id !== undefined && { stackId: created.id }),
      parameters,
      lastRecord: record.RecordId,
      lastProvisioning: record.RecordId,
    };
    world.provisioned.put(Id, provisioned);
    return answered(world, provisioned, record.RecordId);
  },
);

const updateProvisionedProduct = operation<{
  ProvisionedProductId?: string;
  ProvisionedProductName?: string;
  ProductId?: string;
  ProvisioningArtifactId?: string;
  ProvisioningParameters?: readonly ParameterGiven[];
  UpdateToken: string;
}>(
  'UpdateProvisionedProduct',
  {
    claims: [
      assumed('Parameters that are not named keep their values.'),
      assumed('When nothing would change, the update succeeds and nothing happens.'),
    ],
    refuses: [...UNHEEDED, 'ProductName', 'ProvisioningArtifactName', 'PathId', 'PathName', 'Tags'],
    access: ofOwn('UpdateProvisionedProduct'),
  },
  async (input, world, caller) => {
    const before = await present(world, input.ProvisionedProductId, input.ProvisionedProductName);
    const product = existing(world.products, 'Product', input.ProductId ?? before.ProductId);
    const artifact = artifactOf(product, input.ProvisioningArtifactId ?? before.ProvisioningArtifactId);
    if (artifact.Id !== before.ProvisioningArtifactId) refuseUnlessLaunchable(artifact);
    const parameters = valuesOf(input.ProvisioningParameters ?? [], before.parameters);
    const by = await launcher(world, before.launchRole, caller);
    const updated = await stackId(async () => {
      if (before.stackId === undefined) throw invalid(`${before.Id} has no stack: terminate it, and launch again.`);
      return by.call('cloudformation', 'UpdateStack', {
        StackName: before.stackId,
        ...templateOf(artifact, by),
        Parameters: listed(parameters),
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      });
    });
    const unchanged = updated.refused?.startsWith(NO_CHANGES) === true;
    const refused = unchanged ? undefined : updated.refused;
    const record = recorded(world, 'UPDATE_PROVISIONED_PRODUCT', before.Id, artifact.Id, refused);
    const after: Provisioned = {
      ...before,
      ...(refused === undefined && { ProductId: product.Id, ProvisioningArtifactId: artifact.Id, parameters }),
      lastRecord: record.RecordId,
      lastProvisioning: record.RecordId,
    };
    world.provisioned.put(after.Id, after);
    return answered(world, after, record.RecordId);
  },
);

const terminateProvisionedProduct = operation<{
  ProvisionedProductId?: string;
  ProvisionedProductName?: string;
  TerminateToken: string;
}>(
  'TerminateProvisionedProduct',
  {
    claims: [
      documented('Its stack is deleted; what the template retains stays.', `${API}, TerminateProvisionedProduct`),
    ],
    refuses: ['IgnoreErrors', 'RetainPhysicalResources'],
    access: ofOwn('TerminateProvisionedProduct'),
  },
  async (input, world, caller) => {
    const before = await present(world, input.ProvisionedProductId, input.ProvisionedProductName);
    const record = recorded(
      world,
      'TERMINATE_PROVISIONED_PRODUCT',
      before.Id,
      before.ProvisioningArtifactId,
      undefined,
    );
    const after: Provisioned = { ...before, lastRecord: record.RecordId };
    world.provisioned.put(after.Id, after);
    const answer = answered(world, after, record.RecordId);
    if (before.stackId === undefined) world.provisioned.delete(after.Id);
    else {
      const by = await launcher(world, before.launchRole, caller);
      await by.call('cloudformation', 'DeleteStack', { StackName: before.stackId });
    }
    return answer;
  },
);

export const PROVISIONING_OPERATIONS = [provisionProduct, updateProvisionedProduct, terminateProvisionedProduct];

const NO_CHANGES = 'No updates are to be performed';
