// Launching a project as Studio does: by the product in Service Catalog, or by the template in S3.
import { CreateProjectCommand, type CreateProjectCommandInput } from '@aws-sdk/client-sagemaker';
import { filled, identify, type Account } from './account';
import type { Aws } from './aws';
import { followFirstRun, followProject, type FirstRun, type StandingProject } from './follow';
import { checkGround, launchPath, type LaunchGround } from './launch-checks';
import { checkName, checkParameters, LaunchError, releaseOf, type LaunchRequest } from './launch-request';
import { findProduct } from './offer';
import { checkReleased, namesIn, type Platform } from './platform';
import { findProject, LAUNCHED_BY_TAG, whyFailed } from './project';
import { settledStack, stands } from './stack-state';
import type { Work } from './work';

export interface LaunchOptions {
  readonly request: LaunchRequest;
  /** Looks at everything that a launch stands on, and launches nothing. */
  readonly plan: boolean;
  /** Whether to follow the project through its first build and its first execution. */
  readonly follow: boolean;
  /** Follows a project of this name that is there already. */
  readonly resume: boolean;
}

export interface Launch {
  readonly name: string;
  readonly via: LaunchRequest['via'];
  readonly release: string;
  /** What somebody should know, though it is not in the way now. */
  readonly notes: readonly string[];
  /** Missing in a plan. */
  readonly project?: StandingProject;
  readonly firstRun?: FirstRun;
}

/** An S3 template's name in a project. AWS: 32 characters. Source: SageMaker API Reference, CfnCreateTemplateProvider. */
const TEMPLATE_NAME = 'drone-mlops';

/** @throws LaunchError, ProjectFailedError, AwsAccessError, StackStateError */
export async function launch(platform: Platform, aws: Aws, work: Work, options: LaunchOptions): Promise<Launch> {
  const { request, plan, follow, resume } = options;
  checkName(request.name);
  checkReleased(platform);
  const release = releaseOf(platform, request);
  const account = await identify(aws, platform.options.region, work.env);
  const base = { name: request.name, via: request.via, release: release.version };
  const present = await isOurs(aws, account, request.name, resume);
  let notes: string[] = [];
  if (present) work.say(`${request.name} was launched already: following it.`);
  else {
    checkParameters(release, request.parameters);
    const names = namesIn(platform, account);
    const ground: LaunchGround = { aws, account, names, platform, release, request };
    const { foundation } = names.stacks;
    if (!stands(foundation, account.region, (await settledStack(aws, foundation, work))?.StackStatus)) {
      throw new LaunchError(
        `${platform.options.projectName} is not published in ${account.region}: run \`npx drone-mlops publish\`.`,
      );
    }
    notes = await checkGround(ground);
    const template = await templateOf(ground);
    if (plan) return { ...base, notes };
    work.say(
      `▸ Launching ${request.name} from ${release.version}, ${request.via === 's3' ? 'the template in S3' : 'the product in Service Catalog'}`,
    );
    const Tags = [{ Key: LAUNCHED_BY_TAG, Value: account.caller }];
    await aws.sagemaker.send(new CreateProjectCommand({ ProjectName: request.name, Tags, ...template }));
  }
  if (plan) return { ...base, notes };
  const project = await followProject(aws, request.name, account, work);
  if (!follow) return { ...base, notes, project };
  work.say('▸ Following its first build and its first execution');
  return { ...base, notes, project, firstRun: await followFirstRun(aws, project, work) };
}

/**
 * Whether there is a project of this name that this launch began earlier.
 * @throws LaunchError when the name is somebody else's, or its project failed
 */
async function isOurs(aws: Aws, account: Account, name: string, resume: boolean): Promise<boolean> {
  const present = await findProject(aws, name, account);
  if (present === undefined) return false;
  if (/Failed$/.test(present.status)) {
    throw new LaunchError(
      `There is a project ${name} that is ${present.status}. ${(await whyFailed(aws, present)).replace(/\.?$/, '.')} Mend that, delete it (\`aws sagemaker delete-project --project-name ${name}\`), then launch again.`,
    );
  }
  if (present.status.startsWith('Delete')) {
    throw new LaunchError(
      `The project ${name} is being deleted: launch again once it is gone, or choose another name.`,
    );
  }
  if (resume || present.launchedBy === account.caller) return true;
  throw new LaunchError(
    `The name ${name} is taken: ${present.launchedBy ?? 'somebody'} has launched the project ${present.id}. Choose another, or follow that one with --resume.`,
  );
}

type Template = Pick<CreateProjectCommandInput, 'TemplateProviders' | 'ServiceCatalogProvisioningDetails'>;

async function templateOf(ground: LaunchGround): Promise<Template> {
  const { aws, account, names, release, request } = ground;
  const Parameters = Object.entries(request.parameters).map(([Key, Value]) => ({ Key, Value }));
  if (request.via === 's3') {
    return {
      TemplateProviders: [
        {
          CfnTemplateProvider: {
            TemplateName: TEMPLATE_NAME,
            TemplateURL: filled(
              `https://${names.bucket}.s3.\${AWS::Region}.\${AWS::URLSuffix}/${release.templateKey}`,
              account,
            ),
            RoleARN: filled(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${names.templateLaunchRole}`, account),
            Parameters,
          },
        },
      ],
    };
  }
  const product = await findProduct(aws, names.stacks.catalog);
  const version = product?.versions.find((one) => one.version === release.version);
  if (product === undefined || version === undefined) {
    throw new LaunchError(`The product has no version ${release.version} yet: run \`npx drone-mlops publish\`.`);
  }
  return {
    ServiceCatalogProvisioningDetails: {
      ProductId: product.productId,
      ProvisioningArtifactId: version.id,
      PathId: await launchPath(aws, product, account),
      ProvisioningParameters: Parameters,
    },
  };
}
