// From an event to the targets of the rules that it matches.
import { assumed, behavioursOf, documented } from '../behaviour';
import { AwsError } from '../errors';
import { servicePrincipal, uuid, type ServiceEvent } from '../setting';
import type { Json, JsonRecord } from './json';
import { matches, parsePattern } from './pattern';
import { pick, steps, transform } from './transform';
import type { EventsWorld, Rule, Target } from './world';

const GUIDE = 'EventBridge User Guide';

export const DELIVERY_BEHAVIOURS = behavioursOf('events:delivery', [
  documented(
    'An event has version, id, detail-type, source, account, time, region, resources and detail.',
    `${GUIDE}, "Events"`,
  ),
  documented('Every enabled rule that an event matches hands it to each of its targets.', `${GUIDE}, "Rules"`),
  documented('A Lambda function has to permit the rule in its policy.', `${GUIDE}, "Using resource-based policies"`),
  documented(
    'A pipeline of CodePipeline or SageMaker is started in the name of the target’s role.',
    `${GUIDE}, "Using IAM roles"`,
  ),
  documented('A topic has to permit events.amazonaws.com in its policy.', `${GUIDE}, "Using resource-based policies"`),
  assumed('An event is delivered once, at once; one that a target refuses is not tried again.'),
]);

/** A delivery that a target refused, or took. */
export interface Delivery {
  readonly rule: string;
  readonly target: string;
  readonly event: string;
  readonly failure?: string;
}

/** Hands an event to all who listen. Never rejects. */
export async function deliver(
  world: EventsWorld,
  given: ServiceEvent,
  onDelivery: (delivery: Delivery) => void,
): Promise<void> {
  // A value goes through JSON once, so that targets get what they would get over the wire.
  const event = JSON.parse(
    JSON.stringify({
      version: '0',
      id: uuid(),
      'detail-type': given.type,
      source: given.source,
      account: world.account,
      time: `${new Date().toISOString().slice(0, 19)}Z`,
      region: world.region,
      resources: given.resources,
      detail: given.detail,
    }),
  ) as JsonRecord;
  const listening = world.rules
    .all()
    .filter(({ State, EventPattern }) => State === 'ENABLED' && matches(parsePattern(EventPattern), event))
    .flatMap((rule) => rule.targets.map((target) => ({ rule, target })));
  await Promise.all(
    listening.map(async ({ rule, target }) => {
      const delivery = { rule: rule.Name, target: target.Arn, event: given.type };
      try {
        await hand(world, rule, target, inputOf(rule, target, event));
        onDelivery(delivery);
      } catch (error) {
        onDelivery({ ...delivery, failure: error instanceof Error ? error.message : String(error) });
      }
    }),
  );
}

/** What the target gets, as JSON text. */
export function inputOf(rule: Pick<Rule, 'Arn' | 'Name'>, target: Target, event: JsonRecord): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(pick(event, steps(target.InputPath)) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  return transform(target.InputTransformer, event, {
    'aws.events.rule-arn': rule.Arn,
    'aws.events.rule-name': rule.Name,
    'aws.events.event.ingestion-time': `${new Date().toISOString().slice(0, 19)}Z`,
  });
}

/** Services that may stand in a target's ARN. */
export const TARGET_SERVICES = ['lambda', 'sns', 'codepipeline', 'sagemaker'];

async function hand(world: EventsWorld, rule: Rule, target: Target, input: string): Promise<void> {
  const [, , service, , , ...resource] = target.Arn.split(':');
  const name = resource.join(':');
  const bus = world.apis.as(servicePrincipal('events', rule.Arn));
  const ofRole = () => {
    if (target.RoleArn === undefined)
      throw new AwsError('ValidationException', `The target ${target.Id} has no RoleArn.`);
    return world.apis.as(world.principals.role(target.RoleArn, 'events'));
  };
  switch (service) {
    case 'lambda':
      await bus.call('lambda', 'Invoke', {
        FunctionName: target.Arn,
        InvocationType: 'Event',
        Payload: Buffer.from(input),
      });
      return;
    case 'sns':
      await bus.call('sns', 'Publish', { TopicArn: target.Arn, Message: input });
      return;
    case 'codepipeline':
      await ofRole().call('codepipeline', 'StartPipelineExecution', { name, ...startInput(input) });
      return;
    default:
      await ofRole().call('sagemaker', 'StartPipelineExecution', {
        PipelineName: target.Arn,
        PipelineParameters: target.SageMakerPipelineParameters?.PipelineParameterList ?? [],
        ClientRequestToken: uuid(),
      });
  }
}

/** A transformed input may carry variables, and the revisions to build. */
function startInput(input: string): Record<string, Json> {
  const value = JSON.parse(input) as Json; // EventBridge lets in nothing but JSON
  const members = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
  return Object.fromEntries(
    Object.entries(members).filter(([name]) => ['variables', 'sourceRevisions'].includes(name)),
  );
}
