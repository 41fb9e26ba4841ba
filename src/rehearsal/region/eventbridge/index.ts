// EventBridge: the default bus, its rules, and what they start.
import { assumed, documented } from '../behaviour';
import { AwsError } from '../errors';
import { EVENTS_MODEL } from '../model';
import { behavioursOfApi, type ApiDeclaration } from '../service';
import { arnOf } from '../setting';
import { without } from '../without';
import { DELIVERY_BEHAVIOURS, TARGET_SERVICES } from './deliver';
import { isRecord, type Json } from './json';
import { matches, parsePattern, type EventPattern } from './pattern';
import { PatternError } from './pattern-error';
import { checkTransformer, steps, TransformError } from './transform';
import { operation, type EventsWorld, type Rule, type Target } from './world';

export { deliver, type Delivery } from './deliver';
export { createEventsWorld, type EventsWorld } from './world';

const API = 'EventBridge API Reference';
/** Source: EventBridge User Guide, "Amazon EventBridge quotas". */
const MOST_TARGETS = 5;

const ruleArn = (world: EventsWorld, name: string): string => arnOf(world, 'events', `rule/${name}`);
const onRule = (action: string) => (input: { readonly Name?: string; readonly Rule?: string }, world: EventsWorld) => [
  { action: `events:${action}`, resources: [ruleArn(world, input.Name ?? input.Rule ?? '')] },
];

const putRule = operation<{
  Name: string;
  EventPattern?: string;
  State?: Rule['State'];
  Description?: string;
  RoleArn?: string;
  Tags?: Rule['tags'];
}>(
  'PutRule',
  {
    claims: [
      documented('A rule of this name is replaced; it keeps its targets, and its tags.', `${API}, PutRule`),
      documented('A pattern that is none: InvalidEventPatternException.', `${API}, PutRule`),
      assumed('Schedules and buses other than the default one are refused.'),
    ],
    refuses: ['ScheduleExpression', 'EventBusName'],
    access: onRule('PutRule'),
  },
  ({ Name, EventPattern = '', State = 'ENABLED', Description, RoleArn, Tags }, world) => {
    patternOf(EventPattern);
    if (State !== 'ENABLED' && State !== 'DISABLED')
      throw invalid(`The rehearsal region has no rules in the state ${String(State)}.`);
    const before = world.rules.get(Name);
    world.rules.put(Name, {
      Name,
      Arn: ruleArn(world, Name),
      EventPattern,
      State,
      ...(Description !== undefined && { Description }),
      ...(RoleArn !== undefined && { RoleArn }),
      tags: before?.tags ?? Tags ?? [],
      targets: before?.targets ?? [],
    });
    return { RuleArn: ruleArn(world, Name) };
  },
);

const describeRule = operation<{ Name: string }>(
  'DescribeRule',
  { claims: [], refuses: ['EventBusName'], access: onRule('DescribeRule') },
  ({ Name }, world) => {
    return { ...without(existing(world, Name), 'tags', 'targets'), EventBusName: 'default' };
  },
);

const deleteRule = operation<{ Name: string }>(
  'DeleteRule',
  {
    claims: [
      documented('A rule that has targets is not deleted; one that is not there is no error.', `${API}, DeleteRule`),
    ],
    refuses: ['EventBusName', 'Force'],
    access: onRule('DeleteRule'),
  },
  ({ Name }, world) => {
    if ((world.rules.get(Name)?.targets.length ?? 0) > 0) throw invalid("Rule can't be deleted since it has targets.");
    world.rules.delete(Name);
    return {};
  },
);

const putTargets = operation<{ Rule: string; Targets: readonly Target[] }>(
  'PutTargets',
  {
    claims: [
      documented('A target of the same id is replaced; a rule has five at most.', `${API}, PutTargets`),
      assumed(`Targets are of ${TARGET_SERVICES.join(', ')}; others are refused.`),
      documented('A pipeline as a target needs a role.', `${API}, Target: RoleArn`),
    ],
    refuses: ['EventBusName'],
    access: onRule('PutTargets'),
  },
  ({ Rule: name, Targets }, world, caller) => {
    const rule = existing(world, name);
    for (const target of Targets) checkTarget(target);
    for (const { RoleArn } of Targets) {
      if (RoleArn === undefined) continue;
      caller.requires({
        action: 'iam:PassRole',
        resources: [RoleArn],
        context: { 'iam:PassedToService': 'events.amazonaws.com' },
      });
    }
    const ids = new Set(Targets.map(({ Id }) => Id));
    const targets = [...rule.targets.filter(({ Id }) => !ids.has(Id)), ...Targets];
    if (targets.length > MOST_TARGETS)
      throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
    world.rules.put(name, { ...rule, targets });
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
);

const removeTargets = operation<{ Rule: string; Ids: readonly string[] }>(
  'RemoveTargets',
  { claims: [], refuses: ['EventBusName', 'Force'], access: onRule('RemoveTargets') },
  ({ Rule: name, Ids }, world) => {
    const rule = existing(world, name);
    world.rules.put(name, { ...rule, targets: rule.targets.filter(({ Id }) => !Ids.includes(Id)) });
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
);

const listTargetsByRule = operation<{ Rule: string }>(
  'ListTargetsByRule',
  { claims: [], refuses: ['EventBusName', 'NextToken'], access: onRule('ListTargetsByRule') },
  ({ Rule: name }, world) => ({ Targets: existing(world, name).targets }),
);

/** Source: {@link API}, TestEventPattern: Event. */
const MANDATORY = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

const testEventPattern = operation<{ EventPattern: string; Event: string }>(
  'TestEventPattern',
  {
    claims: [
      documented(`An event has to have ${MANDATORY.join(', ')}.`, `${API}, TestEventPattern`),
      assumed('The verdict is that of AWS’s Event Ruler 1.8.1, with which the matcher is compared in a test.'),
    ],
  },
  ({ EventPattern, Event }) => {
    const pattern = patternOf(EventPattern);
    let event: Json = null;
    try {
      event = JSON.parse(Event) as Json; // JSON is what it is
    } catch {
      throw invalid('Parameter Event is not valid. Reason: it is not JSON.');
    }
    const lacking = MANDATORY.filter((name) => !isRecord(event) || !(name in event));
    if (lacking.length > 0) throw invalid(`Parameter Event is not valid. Reason: it lacks ${lacking.join(', ')}.`);
    return { Result: matches(pattern, event) };
  },
);

export const EVENTS_API: ApiDeclaration<EventsWorld> = {
  name: 'events',
  model: EVENTS_MODEL,
  operations: [putRule, describeRule, deleteRule, putTargets, removeTargets, listTargetsByRule, testEventPattern],
};

export const EVENTS_BEHAVIOURS = [...behavioursOfApi(EVENTS_API), ...DELIVERY_BEHAVIOURS];

function existing({ rules }: EventsWorld, name: string): Rule {
  const rule = rules.get(name);
  if (rule === undefined)
    throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
  return rule;
}

function patternOf(text: string): EventPattern {
  try {
    return parsePattern(text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${error.message}`);
  }
}

function checkTarget({ Id, Arn, RoleArn, InputPath, InputTransformer, Input, ...more }: Target): void {
  const [, , service = ''] = Arn.split(':');
  const unheeded = Object.keys(more).filter((name) => name !== 'SageMakerPipelineParameters');
  if (!TARGET_SERVICES.includes(service) || unheeded.length > 0) {
    const what = unheeded.length > 0 ? unheeded.join(', ') : service;
    throw invalid(`The rehearsal region has no targets with ${what}: ${Id}.`);
  }
  if (['codepipeline', 'sagemaker'].includes(service) && RoleArn === undefined) {
    throw invalid(`RoleArn is required for target ${Arn}.`);
  }
  if ([Input, InputPath, InputTransformer].filter((one) => one !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  try {
    if (InputPath !== undefined) steps(InputPath);
    if (InputTransformer !== undefined) checkTransformer(InputTransformer);
  } catch (error) {
    if (!(error instanceof TransformError)) throw error;
    throw invalid(`Invalid input of target ${Id}: ${error.message}`);
  }
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
