// Continuous integration in the region: git, builds, pipelines, and the events that start them.
import type { Base } from './base';
import type { Behaviour } from './behaviour';
import {
  CODEBUILD_API,
  CODEBUILD_BEHAVIOURS,
  createCodeBuildWorld,
  failInterruptedBuilds,
  readNpmSettings,
} from './codebuild';
import { CODECOMMIT_API } from './codecommit';
import { SEED_BEHAVIOURS, seedApi } from './codecommit/seed';
import { CODECONNECTIONS_API, connect } from './codeconnections';
import {
  CODEPIPELINE_API,
  CODEPIPELINE_BEHAVIOURS,
  createPipelineWorld,
  failInterruptedPipelines,
  startAtPush,
  type PipelineWorld,
} from './codepipeline';
import { createEventsWorld, deliver, EVENTS_API, EVENTS_BEHAVIOURS, type EventsWorld } from './eventbridge';
import { createGitWorld, GIT_BEHAVIOURS, GIT_PATHS, gitClientConfig, gitService, onHost, type Connection } from './git';
import { createLambdaWorld, LAMBDA_API } from './lambda';
import { functionModules } from './lambda/sdk';
import { createLogsWorld, LOGS_API } from './cloudwatch-logs';
import { SAGEMAKER_EVENT_BEHAVIOURS } from './sagemaker-events';
import type { Service } from './server';
import { behavioursOfApi, createApi, jsonService, queryService, restJsonService } from './service';
import { uuid, type ServiceEvent, type Setting } from './setting';
import { createSnsWorld, SNS_API, type Mail } from './sns';
import { createSqsWorld, SQS_API } from './sqs';

export const INTEGRATION_BEHAVIOURS: readonly Behaviour[] = [
  ...GIT_BEHAVIOURS,
  ...behavioursOfApi(CODECOMMIT_API),
  ...SEED_BEHAVIOURS,
  ...behavioursOfApi(CODECONNECTIONS_API),
  ...CODEBUILD_BEHAVIOURS,
  ...CODEPIPELINE_BEHAVIOURS,
  ...EVENTS_BEHAVIOURS,
  ...SAGEMAKER_EVENT_BEHAVIOURS,
  ...behavioursOfApi(LAMBDA_API),
  ...behavioursOfApi(SNS_API),
  ...behavioursOfApi(SQS_API),
  ...behavioursOfApi(LOGS_API),
];

/** What people do in consoles and on other machines, where no API of the region's is. */
export interface Hosts extends CodeHosts {
  /**
   * Sets Studio up.
   * @param executionRole ARN of the role that people have there
   * @returns the domain's id
   */
  setUpDomain(name: string, executionRole: string): string;
  /** The mails that people have got, oldest first. */
  mails(): readonly Mail[];
  /** Says that an image was pushed; @param digest `sha256:…` @throws AwsError for a repository that is not there */
  pushImage(repository: string, tag: string, digest: string): void;
  /** Sets a quota of SageMaker's; @param name for example `ml.m5.xlarge for training job usage` */
  setQuota(name: string, value: number): void;
}

/** What people do about the hosts of their code. */
interface CodeHosts {
  /** Makes a connection, or changes its status. @returns its ARN */
  connect(name: string, status: Connection['ConnectionStatus']): string;
  /** Makes an empty repository on the host that connections lead to. @param fullName `owner/name` */
  createHostedRepository(fullName: string): Promise<void>;
}

export interface Integration {
  /** By the name in credential scopes. */
  readonly signed: Readonly<Record<string, Service>>;
  readonly paths: readonly { readonly prefix: string; readonly service: Service }[];
  readonly emit: (event: ServiceEvent) => void;
  readonly hosts: CodeHosts & Pick<Hosts, 'mails'>;
}

/** Starts the services on what they kept, and ends what was interrupted. */
export function startIntegration(base: Base): Integration {
  // The bus and the pipelines are among what is told: they are made after those who tell them.
  const later: { events?: EventsWorld; pipelines?: PipelineWorld } = {};
  const emit = (event: ServiceEvent): void => {
    const { events } = later;
    if (events === undefined) return;
    base.running.start(`${event.source}:${uuid()}`, () =>
      deliver(events, event, (delivery) => {
        base.tell({ kind: 'delivery', ...delivery });
      }),
    );
  };
  const setting: Setting = { ...base, emit };
  const git = createGitWorld(setting, (push) => {
    if (later.pipelines !== undefined) startAtPush(later.pipelines, push);
  });
  const gitConfig = gitClientConfig(`${base.stateDir}/git`, base.url, base.region);
  let settings: ReturnType<typeof readNpmSettings> | undefined;
  const npm = () => (settings ??= readNpmSettings());
  const codebuild = createCodeBuildWorld(setting, { gitConfig, npm });
  const pipelines = (later.pipelines = createPipelineWorld(setting, git, codebuild));
  const events = (later.events = createEventsWorld(setting));
  const reason = 'The rehearsal region was stopped before this had ended.';
  failInterruptedBuilds(codebuild, reason);
  failInterruptedPipelines(pipelines, reason);

  const { apis } = base;
  apis.add(seedApi(git));
  const sns = createSnsWorld(setting);
  return {
    signed: {
      codebuild: jsonService(apis.add(createApi(CODEBUILD_API, codebuild))),
      codecommit: jsonService(apis.add(createApi(CODECOMMIT_API, git))),
      'codestar-connections': jsonService(apis.add(createApi(CODECONNECTIONS_API, git))),
      codepipeline: jsonService(apis.add(createApi(CODEPIPELINE_API, pipelines))),
      events: jsonService(apis.add(createApi(EVENTS_API, events))),
      lambda: restJsonService(apis.add(createApi(LAMBDA_API, createLambdaWorld(setting, functionModules())))),
      logs: jsonService(apis.add(createApi(LOGS_API, createLogsWorld(setting)))),
      sns: queryService(apis.add(createApi(SNS_API, sns))),
      sqs: jsonService(apis.add(createApi(SQS_API, createSqsWorld(setting)))),
    },
    paths: GIT_PATHS.map((prefix) => ({ prefix, service: gitService(git) })),
    emit,
    hosts: {
      connect: (name, status) => connect(git, name, status),
      async createHostedRepository(fullName) {
        if (!git.git.has(onHost(fullName))) await git.git.create(onHost(fullName), 'main');
      },
      mails: () => sns.mailbox.all(),
    },
  };
}
