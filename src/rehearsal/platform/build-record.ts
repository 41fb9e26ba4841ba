// A build as the region tells it afterwards: its phases, its commands, what it said.
import { z } from 'zod';
import type { BuildRecord } from '../record';
import type { Stage } from '../stage';

/** As the template calls it. */
const BUILD_ACTION = 'Build';
/** What a build says as long as there is no data; see `SAMPLE_NOTE` of model-build. */
const SAMPLE_NOTE = /^No data version has been pushed yet/;
/** Lines of a build's log that are worth repeating. */
const SAID_LINES = 25;

const actionList = z.object({
  actionExecutionDetails: z.array(
    z.looseObject({
      actionName: z.string(),
      output: z.looseObject({
        executionResult: z.looseObject({
          externalExecutionId: z.string().optional(),
          externalExecutionSummary: z.string().optional(),
        }),
      }),
    }),
  ),
});
const buildList = z.object({
  builds: z
    .array(
      z.looseObject({
        phases: z.array(
          z.looseObject({
            phaseType: z.string(),
            phaseStatus: z.string().optional(),
            startTime: z.number(),
            endTime: z.number().optional(),
            contexts: z.array(z.looseObject({ message: z.string() })).optional(),
          }),
        ),
        logs: z.looseObject({ groupName: z.string(), streamName: z.string() }),
      }),
    )
    .default([]),
});
const logEvents = z.object({ events: z.array(z.looseObject({ message: z.string(), timestamp: z.number() })) });

/** What an execution of a build pipeline did. */
export async function buildOf(
  { region }: Stage,
  pipelineName: string,
  execution: { readonly id: string; readonly status: string; readonly commit: string },
): Promise<BuildRecord> {
  const filter = { pipelineExecutionId: execution.id };
  const { actionExecutionDetails: actions } = actionList.parse(
    await region.call('codepipeline', 'ListActionExecutions', { pipelineName, filter }),
  );
  const base = { execution: execution.id, commit: execution.commit, status: execution.status };
  const id = actions.find(({ actionName }) => actionName === BUILD_ACTION)?.output.executionResult.externalExecutionId;
  const found = id === undefined ? {} : await region.call('codebuild', 'BatchGetBuilds', { ids: [id] });
  const [build] = buildList.parse(found).builds;
  if (build === undefined) {
    const said = actions.map(({ output }) => output.executionResult.externalExecutionSummary).find(Boolean);
    return { ...base, phases: [], commands: [], notes: [], ...(said !== undefined && { reason: said }) };
  }
  const log = await logOf(region, build.logs);
  const said = log.map(({ text }) => text).filter((text) => text.trim() !== '');
  return {
    ...base,
    phases: build.phases.map(({ phaseType, phaseStatus = '', startTime, endTime = startTime }) => ({
      name: phaseType,
      status: phaseStatus,
      milliseconds: Math.round((endTime - startTime) * 1000),
    })),
    commands: commandsOf(log),
    notes: [...new Set(said.filter((text) => SAMPLE_NOTE.test(text)))],
    ...(execution.status === 'Failed' && { reason: [messageOf(build), ...said.slice(-SAID_LINES)].join('\n') }),
  };
}

type Build = z.infer<typeof buildList>['builds'][number];

function messageOf({ phases }: Build): string {
  const messages = phases.flatMap(({ contexts = [] }) => contexts.map(({ message }) => message));
  return messages.filter((message) => message !== '').join(' ');
}

interface LogLine {
  readonly at: number;
  readonly text: string;
}

async function logOf(
  region: Stage['region'],
  { groupName: logGroupName, streamName: logStreamName }: Build['logs'],
): Promise<readonly LogLine[]> {
  const events = await region
    .call('logs', 'GetLogEvents', { logGroupName, logStreamName })
    .catch(() => ({ events: [] })); // it was stopped before it said anything
  return logEvents
    .parse(events)
    .events.flatMap(({ message, timestamp }) => message.split('\n').map((text) => ({ at: timestamp, text })));
}

/** Commands of the buildspec; each lasts until the container says what comes next. */
function commandsOf(log: readonly LogLine[]): BuildRecord['commands'] {
  const marks = log.filter(({ text }) => text.startsWith('[Container]'));
  return marks.flatMap(({ at, text }, index) => {
    const [, command] = /Running command (.*)/.exec(text) ?? [];
    return command === undefined ? [] : [{ command, milliseconds: (marks[index + 1]?.at ?? at) - at }];
  });
}
