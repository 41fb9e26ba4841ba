// What an operation of an AWS API is, here: what is known of it, what it refuses, whom it asks about, and what it does.
import type { Principal } from '../access';
import type { Claim } from '../behaviour';

/** Members of a request or an answer, as JSON carries them: timestamps are seconds since 1970, blobs are bytes. */
export type Members = Readonly<Record<string, unknown>>;

/** One permission that a call needs, as IAM names it; what the call log keeps. */
export interface Access {
  /** For example `iam:PassRole`. */
  readonly action: string;
  /** ARNs; `*` where IAM has no resource for the action. */
  readonly resources: readonly string[];
  /** Condition keys with their values, beside those of the request's tags, which are added. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Whoever makes a call, from outside or from within the region. */
export interface Caller {
  readonly principal: Principal;
  /**
   * Calls an operation of any service of the region, for example `call('sns', 'Publish', { … })`.
   * @throws AwsError as a client would get it
   */
  call(service: string, operation: string, input: Members): Promise<Members>;
  /** Writes down a further permission that the operation under way needs, for example to pass a role. */
  requires(access: Access): void;
  /** Takes note of an operation that succeeded; the first of its permissions is its own. */
  did(operation: string, access: readonly Access[], input: Members, output: Members): void;
}

export interface Operation<World> {
  readonly name: string;
  readonly claims: readonly Claim[];
  /** Members that ask for what the region does not do; a request with one of them is refused. */
  readonly refuses: readonly string[];
  readonly access: (input: Members, world: World) => readonly Access[] | undefined;
  run(input: Members, world: World, caller: Caller): Members | Promise<Members>;
}

export interface Declaration<Input, World> {
  readonly claims: readonly Claim[];
  readonly refuses?: readonly string[];
  /** @default the action of the operation's name on every resource */
  readonly access?: (input: Input, world: World) => readonly Access[];
}

/** Makes the function that declares a service's operations. */
export function operationsOf<World>() {
  /** @param run gets an input that was checked against the service's model, so that it is of the type `Input` */
  return function operation<Input extends object>(
    name: string,
    { claims, refuses = [], access }: Declaration<Input & Members, World>,
    run: (input: Input & Members, world: World, caller: Caller) => Members | Promise<Members>,
  ): Operation<World> {
    return {
      name,
      claims,
      refuses,
      // Inputs were checked against the model.
      access: (input, world) => access?.(input as Input & Members, world),
      run: (input, world, caller) => run(input as Input & Members, world, caller),
    };
  };
}
