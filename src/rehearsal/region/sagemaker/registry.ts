// The model registry: groups of model packages, and their versions.
import { assumed, documented } from '../behaviour';
import { without } from '../without';
import { API, GUIDE, invalid, operation, type Members } from './operation';
import { page, PAGING_CLAIM, type Paging } from './paging';
import { answer, arn, nameOf, seconds, type Tag, type World } from './world';

export interface ModelPackageGroup extends Members {
  readonly ModelPackageGroupName: string;
  readonly ModelPackageGroupArn: string;
  readonly LatestVersion: number;
}

export interface ModelPackage extends Members {
  readonly ModelPackageGroupName: string;
  readonly ModelPackageVersion: number;
  readonly ModelPackageArn: string;
  readonly ModelApprovalStatus: string;
  readonly CreationTime: number;
  readonly CustomerMetadataProperties?: Readonly<Record<string, string>>;
  readonly InferenceSpecification?: { readonly Containers: readonly PackageContainer[] };
}

export interface PackageContainer {
  readonly Image?: string;
  readonly ModelDataUrl?: string;
  readonly Environment?: Readonly<Record<string, string>>;
}

const createModelPackageGroup = operation<{ ModelPackageGroupName: string; Tags?: readonly Tag[] }>(
  'CreateModelPackageGroup',
  {
    claims: [
      documented(
        'A name that is taken: ValidationException, “… already exists”.',
        'SageMaker Python SDK 2.257.6, session.py, _create_resource',
      ),
      assumed('A group is Completed at once.'),
    ],
    refuses: ['ManagedConfiguration'],
  },
  ({ Tags = [], ...input }, world) => {
    const name = input.ModelPackageGroupName;
    const ModelPackageGroupArn = arn(world, `model-package-group/${name}`);
    if (world.groups.get(name) !== undefined) {
      throw invalid(`Model Package Group already exists: ${ModelPackageGroupArn}`);
    }
    const state = { CreationTime: seconds(), CreatedBy: {}, ModelPackageGroupStatus: 'Completed', LatestVersion: 0 };
    world.groups.put(name, { ...input, ...state, ModelPackageGroupName: name, ModelPackageGroupArn });
    world.tags.put(ModelPackageGroupArn, Tags);
    return { ModelPackageGroupArn };
  },
);

const describeModelPackageGroup = operation<{ ModelPackageGroupName: string }>(
  'DescribeModelPackageGroup',
  { claims: [assumed('A group that is not there: ValidationException.')] },
  (input, world) => answer('DescribeModelPackageGroup', existingGroup(world, input.ModelPackageGroupName)),
);

const deleteModelPackageGroup = operation<{ ModelPackageGroupName: string }>(
  'DeleteModelPackageGroup',
  {
    claims: [
      documented(
        'A group that has packages is refused; one that is not there is a ValidationException.',
        `${API}, DeleteModelPackageGroup`,
      ),
    ],
  },
  (input, world) => {
    const { ModelPackageGroupName: name, ModelPackageGroupArn } = existingGroup(world, input.ModelPackageGroupName);
    if (world.packages.all().some(({ ModelPackageGroupName }) => ModelPackageGroupName === name)) {
      throw invalid(`Cannot delete Model Package Group ${ModelPackageGroupArn}: it has Model Packages.`);
    }
    world.groups.delete(name);
    world.tags.delete(ModelPackageGroupArn);
    return {};
  },
);

const createModelPackage = operation<{
  ModelPackageGroupName?: string;
  ModelApprovalStatus?: string;
  InferenceSpecification?: ModelPackage['InferenceSpecification'];
}>(
  'CreateModelPackage',
  {
    claims: [
      documented('Versions of a group are numbered from 1.', `${GUIDE}, "Register a Model Version"`),
      documented('A version has the tags of its group, and may bring none.', `${API}, CreateModelPackage: Tags`),
      assumed('The default approval status is PendingManualApproval.'),
      assumed('A package is Completed at once: nothing is scanned or validated.'),
      assumed('Model data that is not in S3 is refused.'),
      assumed('A group that is not there is refused, in a RegisterModel step too.'),
    ],
    refuses: [
      'ModelPackageName',
      'ValidationSpecification',
      'SourceAlgorithmSpecification',
      'CertifyForMarketplace',
      'ManagedStorageType',
      'Tags',
    ],
  },
  (input, world) => {
    if (input.ModelPackageGroupName === undefined) {
      throw invalid('The rehearsal region keeps versioned model packages only: give a ModelPackageGroupName.');
    }
    const group = existingGroup(world, input.ModelPackageGroupName);
    for (const { ModelDataUrl } of input.InferenceSpecification?.Containers ?? []) {
      if (ModelDataUrl !== undefined && !world.storage.has(ModelDataUrl)) {
        throw invalid(`Could not find model data at ${ModelDataUrl}.`);
      }
    }
    const name = group.ModelPackageGroupName;
    const version = group.LatestVersion + 1;
    const ModelPackageArn = arn(world, `model-package/${name}/${version}`);
    world.packages.put(`${name}/${version}`, {
      ModelApprovalStatus: 'PendingManualApproval',
      ...input,
      ModelPackageName: name,
      ModelPackageGroupName: name,
      ModelPackageVersion: version,
      ModelPackageArn,
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CreationTime: seconds(),
      CreatedBy: {},
    });
    world.groups.put(name, { ...group, LatestVersion: version });
    world.tags.put(ModelPackageArn, world.tags.get(group.ModelPackageGroupArn) ?? []);
    world.tell({ kind: 'package', arn: ModelPackageArn });
    return { ModelPackageArn };
  },
);

const describeModelPackage = operation<{ ModelPackageName: string }>(
  'DescribeModelPackage',
  { claims: [assumed('A package that is not there: ValidationException.')], refuses: ['IncludedData'] },
  (input, world) => answer('DescribeModelPackage', existingPackage(world, input.ModelPackageName)),
);

const listModelPackages = operation<
  Paging & { ModelPackageGroupName?: string; ModelApprovalStatus?: string; SortBy?: 'Name' | 'CreationTime' }
>(
  'ListModelPackages',
  {
    claims: [PAGING_CLAIM, assumed('Without a group there is nothing to list: packages here are all versioned.')],
    refuses: ['CreationTimeAfter', 'CreationTimeBefore', 'NameContains', 'ModelPackageType'],
  },
  (input, world) => {
    const { ModelPackageGroupName: group, ModelApprovalStatus: status } = input;
    const packages = world.packages
      .all()
      .filter((one) => group !== undefined && one.ModelPackageGroupName === nameOf(group))
      .filter((one) => status === undefined || one.ModelApprovalStatus === status)
      .sort((a, b) => a.ModelPackageVersion - b.ModelPackageVersion);
    const { items, token } = page(packages, input);
    return { ModelPackageSummaryList: items.map(summary), ...token };
  },
);

const updateModelPackage = operation<{
  ModelPackageArn: string;
  CustomerMetadataProperties?: Readonly<Record<string, string>>;
  CustomerMetadataPropertiesToRemove?: readonly string[];
}>(
  'UpdateModelPackage',
  {
    claims: [documented('Customer metadata is merged; keys to remove are removed.', `${API}, UpdateModelPackage`)],
    refuses: ['AdditionalInferenceSpecificationsToAdd'],
  },
  (input, world) => {
    const before = existingPackage(world, input.ModelPackageArn);
    const removed = input.CustomerMetadataPropertiesToRemove ?? [];
    const metadata = { ...before.CustomerMetadataProperties, ...input.CustomerMetadataProperties };
    world.packages.put(`${before.ModelPackageGroupName}/${before.ModelPackageVersion}`, {
      ...before,
      ...without(input, 'CustomerMetadataPropertiesToRemove', 'ClientToken'),
      CustomerMetadataProperties: Object.fromEntries(
        Object.entries(metadata).filter(([key]) => !removed.includes(key)),
      ),
      LastModifiedTime: seconds(),
      LastModifiedBy: {},
    });
    world.tell({ kind: 'package', arn: before.ModelPackageArn });
    return { ModelPackageArn: before.ModelPackageArn };
  },
);

export const REGISTRY_OPERATIONS = [
  createModelPackageGroup,
  describeModelPackageGroup,
  deleteModelPackageGroup,
  createModelPackage,
  describeModelPackage,
  listModelPackages,
  updateModelPackage,
];

/** @throws AwsError ValidationException */
export function existingPackage(world: World, nameOrArn: string): ModelPackage {
  const found = world.packages.get(nameOf(nameOrArn));
  if (found === undefined) throw invalid(`ModelPackage ${nameOrArn} does not exist.`);
  return found;
}

function existingGroup(world: World, nameOrArn: string): ModelPackageGroup {
  const group = world.groups.get(nameOf(nameOrArn));
  if (group === undefined) throw invalid(`ModelPackageGroup ${nameOrArn} does not exist.`);
  return group;
}

function summary(one: ModelPackage): Members {
  return {
    ModelPackageGroupName: one.ModelPackageGroupName,
    ModelPackageVersion: one.ModelPackageVersion,
    ModelPackageArn: one.ModelPackageArn,
    ModelPackageDescription: one.ModelPackageDescription,
    CreationTime: one.CreationTime,
    ModelPackageStatus: one.ModelPackageStatus,
    ModelApprovalStatus: one.ModelApprovalStatus,
  };
}
