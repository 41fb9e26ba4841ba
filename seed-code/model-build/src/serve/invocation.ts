// What an invocation brings, and what answers it.

/** A request's body and the headers that say what to make of it. */
export interface Invocation {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  /** InvokeEndpoint's CustomAttributes. */
  readonly attributes: string | undefined;
}

export interface InvocationAnswer {
  /** UTF-8. */
  readonly text: Uint8Array;
  readonly contentType: 'application/json' | 'application/jsonlines';
  /** How many images were answered for. */
  readonly images: number;
}

/** A model that is ready for requests, wherever it runs. */
export interface Invocations {
  /** False once it can answer no more. */
  readonly healthy: boolean;
  /** @throws RequestError that says what is wrong with the request */
  answer(invocation: Invocation): Promise<InvocationAnswer>;
  close(): Promise<void>;
}
