// Rules of the default event bus, and what they have delivered.
import { join } from 'node:path';
import { Collection } from '../collection';
import { operationsOf } from '../service';
import type { Setting } from '../setting';
import type { InputTransformer } from './transform';

export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: InputTransformer;
  readonly SageMakerPipelineParameters?: {
    readonly PipelineParameterList?: readonly { readonly Name: string; readonly Value: string }[];
  };
}

export interface Rule {
  readonly Name: string;
  readonly Arn: string;
  readonly EventPattern: string;
  readonly State: 'ENABLED' | 'DISABLED';
  readonly Description?: string;
  readonly RoleArn?: string;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly targets: readonly Target[];
}

export interface EventsWorld extends Setting {
  readonly rules: Collection<Rule>;
}

export function createEventsWorld(setting: Setting): EventsWorld {
  return { ...setting, rules: new Collection(join(setting.stateDir, 'events')) };
}

export const operation = operationsOf<EventsWorld>();
