import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { synthesizeTemplate } from '../../src/catalog';
import { COMBINATIONS, OPTIONS } from './options';

const KEPT = ['ArtifactBucket', 'ArtifactModelPackageGroup', 'RepositoryGit', 'ArtifactKey'];

/** Releases whose templates differ in everything that a release may change. */
describe.each(Object.entries(COMBINATIONS).filter(([name]) => name.includes('roles: create')))(
  'updating a project with %s to another release',
  (_, options) => {
    const from = synthesizeTemplate(options).template;
    const to = synthesizeTemplate({
      ...options,
      release: '0.2.0',
      seedKey: 'releases/0.2.0/model-build-ba9876543210.zip',
      logRetentionDays: 30,
      tags: { team: 'other', cost: '1' },
    }).template;

    test('replaces and removes nothing that holds what the team made', () => {
      const { resources } = fullDiff(from, to);
      const lost = resources.logicalIds.filter((id) => {
        const { changeImpact } = resources.get(id);
        return [ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE, ResourceImpact.WILL_DESTROY].includes(
          changeImpact,
        );
      });
      expect(lost).toEqual([]);
    });

    test('keeps them in a deletion, too', () => {
      for (const id of KEPT.filter((name) => name in from.Resources)) {
        expect(from.Resources[id]).toMatchObject({
          DeletionPolicy: 'RetainExceptOnCreate',
          UpdateReplacePolicy: 'Retain',
        });
      }
    });
  },
);

test('a change that would replace the package group is told as such: the comparison can see one', () => {
  const { template } = synthesizeTemplate(OPTIONS);
  const renamed = structuredClone(template) as { Resources: Record<string, { Properties?: Record<string, unknown> }> };
  const group = renamed.Resources.ArtifactModelPackageGroup;
  if (group) group.Properties = { ...group.Properties, ModelPackageGroupName: 'another' };
  expect(fullDiff(template, renamed).resources.get('ArtifactModelPackageGroup').changeImpact).toBe(
    ResourceImpact.WILL_REPLACE,
  );
});
