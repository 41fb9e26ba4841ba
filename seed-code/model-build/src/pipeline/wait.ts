// Follows an execution until it ends.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribePipelineExecutionCommand,
  type PipelineExecutionStep,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { executionSteps } from '../tracking/execution-steps';
import { STEP } from './project';

/** A step of an execution whose status is new. */
export interface StepChange {
  readonly step: string;
  readonly status: string;
  /** Seconds that it took, once it has ended. */
  readonly seconds?: number;
  readonly reason?: string;
  readonly cached: boolean;
}

/** How an execution ended; a gate that was not passed is no error of the machinery. */
export interface Ended {
  readonly outcome: 'succeeded' | 'gate-failed' | 'failed' | 'stopped';
  readonly reason?: string;
  readonly steps: readonly StepChange[];
}

export interface Wait {
  readonly executionArn: string;
  /** Seconds between looks; without it they start at 2 and grow to 30 while nothing happens. */
  readonly pollSeconds?: number;
  readonly onChange: (change: StepChange) => void;
}

const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 30;
const GROWTH = 1.5;

/** Waits for the end of an execution and tells each change of a step's status on the way. */
export async function wait(sagemaker: SageMakerClient, { executionArn, pollSeconds, onChange }: Wait): Promise<Ended> {
  const told = new Map<string, string>();
  let pause = FIRST_PAUSE;
  for (;;) {
    // The status first: what the steps say after it has ended is final.
    const { PipelineExecutionStatus: status, FailureReason: reason } = await sagemaker.send(
      new DescribePipelineExecutionCommand({ PipelineExecutionArn: executionArn }),
    );
    const steps = await executionSteps(sagemaker, executionArn);
    const changed = steps.map(view).filter(({ step, status: now }) => told.get(step) !== now);
    for (const change of changed) {
      told.set(change.step, change.status);
      onChange(change);
    }
    if (status === 'Succeeded' || status === 'Failed' || status === 'Stopped') {
      return { outcome: outcome(status, steps), ...(reason !== undefined && { reason }), steps: steps.map(view) };
    }
    pause = changed.length > 0 ? FIRST_PAUSE : Math.min(pause * GROWTH, LONGEST_PAUSE);
    await sleep((pollSeconds ?? pause) * 1000);
  }
}

function view(step: PipelineExecutionStep): StepChange {
  const { StepName = '', StepStatus = 'Starting', StartTime, EndTime, FailureReason, CacheHitResult } = step;
  return {
    step: StepName,
    status: StepStatus,
    ...(StartTime && EndTime && { seconds: (EndTime.getTime() - StartTime.getTime()) / 1000 }),
    ...(FailureReason !== undefined && { reason: FailureReason }),
    cached: CacheHitResult !== undefined,
  };
}

function outcome(
  status: 'Succeeded' | 'Failed' | 'Stopped',
  steps: readonly PipelineExecutionStep[],
): Ended['outcome'] {
  if (status === 'Succeeded') return 'succeeded';
  if (status === 'Stopped') return 'stopped';
  const refused = steps.some(
    ({ StepName, Metadata }) => StepName === STEP.gate && Metadata?.Condition?.Outcome === 'False',
  );
  return refused ? 'gate-failed' : 'failed';
}
