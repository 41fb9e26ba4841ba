import type { CallStep, JsonObject } from '../../../src/rehearsal/execution';
import { condition, definition, jsonGet, processing, rehearse, succeed, VARIABLES, type Job } from './rehearse';

const fail =
  (reason: string, exception?: 'Step.THROTTLING' | 'SageMaker.CAPACITY_ERROR'): Job =>
  () => ({ status: 'Failed', reason, ...(exception === undefined ? {} : { exception }) });

const names = (calls: readonly { name: string }[]): string[] => calls.map(({ name }) => name);

/** A job that lasts until `end` is called. */
function held() {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, job: (async (request, context) => (await ended, succeed(request, context))) as Job };
}

describe('an execution', () => {
  test('runs steps in the order of their edges and passes outputs on', async () => {
    const { outcome, calls } = await rehearse(
      definition([
        processing('C', { DependsOn: ['B'] }),
        processing('B', {}, { In: { Get: "Steps.A.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri" } }),
        processing('A'),
      ]),
    );
    expect(outcome).toEqual({ status: 'Succeeded' });
    expect(names(calls)).toEqual(['A', 'B', 'C']);
    expect(calls[1]?.request.In).toBe('s3://bucket/A');
  });

  test.each([
    [undefined, ['A', 'B', 'C']],
    [2, ['A', 'B']],
    [1, ['A']],
  ])('with at most %s steps at a time starts %j at once', async (maxParallelSteps, atOnce) => {
    const { end, job } = held();
    const started: string[] = [];
    const running = rehearse(definition(['A', 'B', 'C'].map((name) => processing(name))), {
      maxParallelSteps,
      jobs: { A: job, B: job, C: job },
      onStep: (state) => state.StepStatus === 'Executing' && started.push(state.StepName),
    });
    await new Promise(setImmediate);
    expect(started).toEqual(atOnce);
    end();
    const { outcome, calls } = await running;
    expect(outcome.status).toBe('Succeeded');
    expect(names(calls)).toHaveLength(3);
  });

  test('tells each state of a step, with the ARN of its job as soon as there is one', async () => {
    const metadata = { ProcessingJob: { Arn: 'arn:job' } };
    const { states } = await rehearse(definition([processing('A', { DisplayName: 'a', Description: 'b' })]), {
      jobs: {
        A: (request, { report }) => {
          report(metadata);
          return { status: 'Succeeded', properties: request, metadata };
        },
      },
    });
    const step = { StepName: 'A', StepDisplayName: 'a', StepDescription: 'b', AttemptCount: 1 };
    expect(states.map((state) => [state.StepStatus, state.Metadata])).toEqual([
      ['Starting', undefined],
      ['Executing', undefined],
      ['Executing', metadata],
      ['Executing', metadata],
      ['Succeeded', metadata],
    ]);
    expect(states.at(-1)).toEqual({
      ...step,
      StepStatus: 'Succeeded',
      Metadata: metadata,
      StartTime: VARIABLES.StartDateTime,
      EndTime: VARIABLES.StartDateTime,
    });
  });

  describe('with a condition', () => {
    const gated = definition([
      processing('A'),
      {
        ...condition(
          'Gate',
          [{ Type: 'GreaterThan', LeftValue: jsonGet('A', 'score'), RightValue: 0.5 }],
          [processing('Register'), processing('Deploy', { DependsOn: ['Register'] })],
          [
            {
              Name: 'TooLow',
              Type: 'Fail',
              Arguments: {
                ErrorMessage: { 'Std:Join': { On: ' ', Values: ['score', jsonGet('A', 'score'), 'is too low'] } },
              },
            },
          ],
        ),
      },
      processing('Announce', { DependsOn: ['Deploy'] }),
      processing('Clean', { DependsOn: ['Gate'] }),
    ]);
    const scored = (score: string) => ({ objects: { 's3://bucket/A/report.json': `{"score":${score}}` } });

    test('runs the branch that was chosen, and what depends on it', async () => {
      const { outcome, calls, last } = await rehearse(gated, scored('0.9'));
      expect(outcome).toEqual({ status: 'Succeeded' });
      expect(names(calls).sort()).toEqual(['A', 'Announce', 'Clean', 'Deploy', 'Register']);
      expect(last.Gate?.Metadata).toEqual({ Condition: { Outcome: 'True' } });
      expect(last.TooLow).toBeUndefined();
    });

    test('whose branch is a Fail step fails with its message, and runs nothing of the other branch', async () => {
      const { outcome, calls, last } = await rehearse(gated, scored('0.30'));
      expect(outcome).toEqual({
        status: 'Failed',
        failureReason: "Step 'TooLow' failed with message: score 0.3 is too low",
      });
      expect(last.TooLow).toMatchObject({
        StepStatus: 'Failed',
        FailureReason: 'score 0.3 is too low',
        Metadata: { Fail: { ErrorMessage: 'score 0.3 is too low' } },
      });
      expect(last.Gate?.Metadata).toEqual({ Condition: { Outcome: 'False' } });
      expect(names(calls)).not.toContain('Register');
      expect(names(calls)).not.toContain('Announce');
    });

    test('whose value cannot be had fails, and chooses neither branch', async () => {
      const { outcome, last } = await rehearse(gated);
      expect(outcome.failureReason).toMatch(/^Step 'Gate' failed with message: Received an error while reading file/);
      expect(Object.keys(last)).toEqual(['A', 'Gate']);
    });
  });

  describe('in which a step fails', () => {
    test('lets those under way end, starts no other, and says which failed first', async () => {
      const { end, job } = held();
      const running = rehearse(
        definition([
          processing('A'),
          processing('B'),
          processing('C', { DependsOn: ['B'] }),
          processing('D', { DependsOn: ['A'] }),
        ]),
        { jobs: { A: fail('AlgorithmError: no images, exit code: 1'), B: job } },
      );
      await new Promise(setImmediate);
      end();
      const { outcome, last } = await running;
      expect(outcome).toEqual({
        status: 'Failed',
        failureReason: "Step 'A' failed with message: AlgorithmError: no images, exit code: 1",
      });
      expect(last.A).toMatchObject({ StepStatus: 'Failed', FailureReason: 'AlgorithmError: no images, exit code: 1' });
      expect(last.B?.StepStatus).toBe('Succeeded');
      expect(Object.keys(last)).toEqual(['A', 'B']);
    });

    test('keeps to the length of a failure reason', async () => {
      const { outcome, last } = await rehearse(definition([processing('A')]), { jobs: { A: fail('x'.repeat(3000)) } });
      expect(last.A?.FailureReason).toHaveLength(1024);
      expect(outcome.failureReason).toHaveLength(1024);
    });

    test('ends even when the region breaks down', async () => {
      const { outcome } = await rehearse(definition([processing('A')]), {
        jobs: {
          A: () => {
            throw new Error('disk full');
          },
        },
      });
      expect(outcome.failureReason).toBe("Step 'A' failed with message: InternalFailure: Error: disk full");
    });
  });

  describe('with retries', () => {
    const retried = (...policies: unknown[]) => definition([processing('A', { RetryPolicies: policies })]);
    const throttled = { ExceptionType: ['Step.THROTTLING'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 3 };

    test('tries again after waits that grow, and counts its attempts', async () => {
      const { outcome, slept, last } = await rehearse(retried(throttled), {
        jobs: {
          A: (request, context) =>
            context.attempt < 3 ? fail('slow down', 'Step.THROTTLING')(request, context) : succeed(request, context),
        },
      });
      expect(outcome.status).toBe('Succeeded');
      expect(slept).toEqual([5000, 10_000]);
      expect(last.A).toMatchObject({ AttemptCount: 3, StepStatus: 'Succeeded' });
      expect(last.A).not.toHaveProperty('FailureReason');
    });

    test('gives up after MaxAttempts retries', async () => {
      const { outcome, calls, slept } = await rehearse(retried(throttled), {
        jobs: { A: fail('slow down', 'Step.THROTTLING') },
      });
      expect(outcome.failureReason).toBe("Step 'A' failed with message: slow down");
      expect(calls).toHaveLength(4);
      expect(slept).toEqual([5000, 10_000, 20_000]);
    });

    test('gives up when the time is up', async () => {
      const { slept } = await rehearse(
        retried({ ExceptionType: ['Step.THROTTLING'], IntervalSeconds: 50, BackoffRate: 1, ExpireAfterMin: 2 }),
        { jobs: { A: fail('slow down', 'Step.THROTTLING') } },
      );
      expect(slept).toEqual([50_000, 50_000]);
    });

    test('counts each policy by itself', async () => {
      const capacity = {
        ExceptionType: ['SageMaker.CAPACITY_ERROR'],
        IntervalSeconds: 60,
        BackoffRate: 1.5,
        MaxAttempts: 2,
      };
      const { outcome, slept } = await rehearse(retried(throttled, capacity), {
        jobs: {
          A: (request, context) =>
            [
              fail('none left', 'SageMaker.CAPACITY_ERROR'),
              fail('slow down', 'Step.THROTTLING'),
              fail('none left', 'SageMaker.CAPACITY_ERROR'),
              succeed,
            ][context.attempt - 1]?.(request, context) ?? succeed(request, context),
        },
      });
      expect(outcome.status).toBe('Succeeded');
      expect(slept).toEqual([60_000, 5000, 90_000]);
    });

    test.each([
      ['another exception', fail('none left', 'SageMaker.CAPACITY_ERROR')],
      ['a failure of the code itself', fail('AlgorithmError')],
    ])('does not try again after %s', async (_what, job) => {
      const { calls } = await rehearse(retried(throttled), { jobs: { A: job } });
      expect(calls).toHaveLength(1);
    });
  });

  describe('with a cache', () => {
    const cached = (args: JsonObject, more: Record<string, unknown> = {}) =>
      definition([
        processing('A', { CacheConfig: { Enabled: true, ExpireAfter: 'P1D' }, ...more }, args),
        processing('B', {}, { In: { Get: "Steps.A.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri" } }),
      ]);
    const base = { AppSpecification: { ImageUri: 'i', ContainerArguments: ['--a=1'] }, Environment: { X: 'y' } };
    const keyOf = async (args: JsonObject, more?: Record<string, unknown>): Promise<string | undefined> => {
      let key: string | undefined;
      await rehearse(cached(args, more), {
        onStep: (state, cacheKey) => {
          if (state.StepName === 'A') key = cacheKey;
        },
      });
      return key;
    };

    test('uses the outputs of an earlier run instead of running again', async () => {
      const metadata = { ProcessingJob: { Arn: 'arn:earlier' } };
      const asked: unknown[] = [];
      const { calls, last } = await rehearse(cached(base), {
        findCached: (step: CallStep, key, notBefore) => {
          asked.push(step.name, key, notBefore);
          return Promise.resolve({
            executionArn: 'arn:execution/earlier',
            metadata,
            properties: {
              ProcessingOutputConfig: { Outputs: [{ OutputName: 'out', S3Output: { S3Uri: 's3://bucket/earlier' } }] },
            },
          });
        },
      });
      expect(asked).toEqual(['A', await keyOf(base), new Date('2026-01-01T03:04:05Z')]);
      expect(calls).toEqual([
        { name: 'B', request: expect.objectContaining({ In: 's3://bucket/earlier' }) as unknown },
      ]);
      expect(last.A).toMatchObject({
        StepStatus: 'Succeeded',
        Metadata: metadata,
        CacheHitResult: { SourcePipelineExecutionArn: 'arn:execution/earlier' },
      });
    });

    test('does not mind what SageMaker does not compare, nor the order of keys', async () => {
      const key = await keyOf(base);
      expect(key).toMatch(/^[0-9a-f]{64}$/);
      expect(await keyOf({ ...base, RoleArn: 'other', Tags: ['t'] })).toBe(key);
      const { ImageUri, ContainerArguments } = base.AppSpecification;
      expect(await keyOf({ ...base, AppSpecification: { ContainerArguments, ImageUri } })).toBe(key);
    });

    test.each([
      ['an argument', { ...base, AppSpecification: { ImageUri: 'i', ContainerArguments: ['--a=2'] } }],
      ['the environment', { ...base, Environment: { X: 'z' } }],
      ['an input', { ...base, ProcessingInputs: [{ InputName: 'n', S3Input: { S3Uri: 's3://other' } }] }],
    ])('runs again when %s changes', async (_what, args) => {
      expect(await keyOf(args)).not.toBe(await keyOf(base));
    });

    test('that is off neither looks for a run nor offers its own', async () => {
      const findCached = jest.fn();
      expect(await keyOf(base, { CacheConfig: { Enabled: false } })).toBeUndefined();
      await rehearse(cached(base, { CacheConfig: { Enabled: false } }), { findCached });
      expect(findCached).not.toHaveBeenCalled();
    });

    test('offers no run that failed', async () => {
      const keys: unknown[] = [];
      await rehearse(cached(base), {
        jobs: { A: fail('AlgorithmError') },
        onStep: (_state, cacheKey) => keys.push(cacheKey),
      });
      expect(keys.every((key) => key === undefined)).toBe(true);
    });
  });

  describe('that is stopped', () => {
    test('stops the steps under way and starts no other', async () => {
      const controller = new AbortController();
      const stoppable: Job = (_request, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve({ status: 'Stopped' });
          });
        });
      const running = rehearse(definition([processing('A'), processing('B', { DependsOn: ['A'] })]), {
        jobs: { A: stoppable },
        signal: controller.signal,
      });
      await new Promise(setImmediate);
      controller.abort();
      const { outcome, states } = await running;
      expect(outcome).toEqual({ status: 'Stopped' });
      expect(states.map(({ StepName, StepStatus }) => `${StepName} ${StepStatus}`)).toEqual([
        'A Starting',
        'A Executing',
        'A Stopping',
        'A Stopped',
      ]);
    });

    test('does not try a step again', async () => {
      const controller = new AbortController();
      const { outcome, calls } = await rehearse(
        definition([processing('A', { RetryPolicies: [{ ExceptionType: ['Step.THROTTLING'], MaxAttempts: 5 }] })]),
        {
          signal: controller.signal,
          jobs: {
            A: (request, context) => {
              controller.abort();
              return fail('slow down', 'Step.THROTTLING')(request, context);
            },
          },
        },
      );
      expect(outcome.status).toBe('Stopped');
      expect(calls).toHaveLength(1);
    });

    test('by its job only, fails', async () => {
      const { outcome } = await rehearse(definition([processing('A')]), { jobs: { A: () => ({ status: 'Stopped' }) } });
      expect(outcome).toEqual({
        status: 'Failed',
        failureReason: "Step 'A' failed with message: The job was stopped by another than the execution.",
      });
    });
  });
});
