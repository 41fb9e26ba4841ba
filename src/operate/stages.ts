// The stages of a publication, in their order.
import { applyObjectChanges, objectChanges, type CatalogObject, type ObjectChange } from './catalog-objects';
import { deploy, type StackId } from './cdk';
import { isComplete, recordedImages } from './image-builds';
import { imageSources } from './image-sources';
import { applyGuidance, findProduct, guidanceChanges } from './offer';
import type { Platform } from './platform';
import { PublishError, type Change, type Site, type Stage } from './site';
import { deployedTemplate, isUnchanged, stackChanges, type StackChanges } from './stack-changes';
import { failureOf, settledStack, stands } from './stack-state';
import { studioDomains, tagDomains } from './studio-domains';

export function stackNames({ names }: Site): Readonly<Record<StackId, string>> {
  return { Foundation: names.stacks.foundation, Catalog: names.stacks.catalog };
}

/** Nothing shows in Studio before the images of a release exist. */
export function stagesOf(site: Site): readonly Stage[] {
  return [
    stackStage(site, 'Foundation', 'Foundation: catalog bucket, launch roles, boundary, image builds'),
    objectStage(site, 'Seeds, and the sources of images', () => hiddenObjects(site)),
    imageStage(site),
    objectStage(site, 'Templates, as Studio finds them in S3', () => Promise.resolve(templates(site))),
    stackStage(site, 'Catalog', 'Catalog: the product of Service Catalog'),
    guidanceStage(site),
    domainStage(site),
  ];
}

function stackStage(site: Site, id: StackId, name: string): Stage {
  const { aws, account, assembly, platform, work } = site;
  const stackName = stackNames(site)[id];
  return {
    name,
    async look() {
      const status = (await settledStack(aws, stackName, work))?.StackStatus;
      const present = status !== undefined && status !== 'DELETE_COMPLETE';
      const standing = stands(
        stackName,
        account.region,
        status,
        present ? await reasonOf(site, stackName, status) : undefined,
      );
      return describe(
        await stackChanges(standing ? await deployedTemplate(aws, stackName) : undefined, assembly.templates[id]),
      );
    },
    act: () => deploy(platform.dir, assembly, id, work),
  };
}

async function reasonOf({ aws }: Site, stackName: string, status: string): Promise<string | undefined> {
  return /ROLLBACK|FAILED/.test(status) ? failureOf(aws, stackName) : undefined;
}

function describe(changes: StackChanges): Change[] {
  if (isUnchanged(changes)) return [];
  const resources = changes.resources.map(({ id, type, change }): Change => {
    const text = `${change} ${type} ${id}`;
    if (change === 'replace' || change === 'may replace') return { text, notable: 'replacement' };
    return change === 'destroy' ? { text, notable: 'removal' } : { text };
  });
  const broadened = changes.broadened.map((line): Change => ({ text: `permission: ${line}`, notable: 'permission' }));
  const others: Change[] = changes.others === 0 ? [] : [{ text: `update ${changes.others} outputs and descriptions` }];
  return [...resources, ...broadened, ...others];
}

function objectStage({ aws, names }: Site, name: string, wanted: () => Promise<readonly CatalogObject[]>): Stage {
  let found: readonly ObjectChange[] = [];
  return {
    name,
    async look() {
      found = await objectChanges(aws, names.bucket, await wanted());
      return found.map(({ object: { key, visible }, upload }) => ({
        text: upload ? `upload ${key}` : `${visible === true ? 'show' : 'hide'} ${key}`,
      }));
    },
    act: () => applyObjectChanges(aws, names.bucket, found),
  };
}

async function hiddenObjects(site: Site): Promise<readonly CatalogObject[]> {
  const { platform } = site;
  const objects: CatalogObject[] = platform.releases.map(({ seedKey, seed }) => ({
    key: seedKey,
    body: seed,
    contentType: 'application/zip',
  }));
  for (const release of await withoutImages(site)) {
    const { key, zip } = await imageSources(platform.dir, release);
    objects.push({ key, body: zip, contentType: 'application/zip' });
  }
  return objects;
}

/** Releases whose images are not recorded. */
async function withoutImages({ aws, names, platform: { releases } }: Site): Promise<Platform['releases']> {
  const recorded = await recordedImages(
    aws,
    names,
    releases.map(({ version }) => version),
  );
  return releases.filter(({ version }) => !isComplete(recorded.get(version)));
}

function imageStage(site: Site): Stage {
  const { aws, names, platform, work } = site;
  return {
    name: 'Runtime images',
    look: async () => (await withoutImages(site)).map(({ version }) => ({ text: `build the images of ${version}` })),
    async act() {
      for (const release of await withoutImages(site)) {
        await site.buildImages(aws, names, release.version, await imageSources(platform.dir, release), work);
      }
      const [missing] = await withoutImages(site);
      if (missing === undefined) return;
      throw new PublishError(
        `The images of ${missing.version} were built, and ${names.imageParameter(missing.version, 'node')} or its like is not there: see the log of ${names.imageProject}.`,
      );
    },
  };
}

function templates({ platform: { releases, deprecated } }: Site): readonly CatalogObject[] {
  return releases.map(({ version, templateKey, yaml }) => ({
    key: templateKey,
    body: yaml,
    contentType: 'text/yaml',
    visible: !deprecated.has(version),
  }));
}

function guidanceStage(site: Site): Stage {
  const { aws, names, platform } = site;
  const changes = async () => {
    const product = await findProduct(aws, names.stacks.catalog);
    return product && { product, found: guidanceChanges(product, platform) };
  };
  return {
    name: 'Versions that are offered',
    look: async () =>
      ((await changes())?.found ?? []).map(({ version: { version }, deprecate }) => ({
        text: deprecate ? `mark ${version} as deprecated` : `offer ${version} again`,
      })),
    async act() {
      const now = await changes();
      if (now) await applyGuidance(aws, now.product, now.found);
    },
  };
}

function domainStage(site: Site): Stage {
  const { aws, names, notes } = site;
  const location = `s3://${names.bucket}/templates/`;
  const untagged = async () => (await studioDomains(aws)).filter((domain) => domain.location === undefined);
  return {
    name: 'Domains of Studio, told where the templates are',
    async look() {
      const elsewhere = (await studioDomains(aws)).filter(
        (domain) => domain.location !== undefined && domain.location !== location,
      );
      notes.push(
        ...elsewhere.map(
          (domain) =>
            `The domain ${domain.name} looks for templates in ${domain.location ?? ''}, and is left at that: copy the templates there, or change its tag sagemaker:projectS3TemplatesLocation to ${location}.`,
        ),
      );
      return (await untagged()).map(({ name }) => ({ text: `tag ${name} with ${location}` }));
    },
    act: async () => tagDomains(aws, await untagged(), location),
  };
}
