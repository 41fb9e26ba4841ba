// Answers invocations with a model: images out of the body, decoded, detected, written as the caller accepts.
import { decodeImage, framePosition, heightAboveGround, ImageError } from '../vision';
import { answerFormat, writeAnswers, type ImageAnswer } from './answer';
import { assertAffordable, detectOptions, type RequestBounds } from './attributes';
import type { Invocation, InvocationAnswer } from './invocation';
import { isJsonLines, mediaType, parseImages, type ImageSource } from './request';
import { RequestError } from './request-error';
import type { ServedModel } from './served-model';
import { Turns } from './turns';

export interface InvocationLimits {
  /** Images that are worked on at once. */
  readonly concurrent: number;
  /** Of an object of S3 that a request names. */
  readonly maxObjectBytes: number;
  readonly maxPixels: number;
}

/** Fetches an object of S3 that a request names. */
export type FetchObject = (bucket: string, key: string, maxBytes: number) => Promise<Buffer>;

/** Answers in the thread that asks, whose time it takes. */
export class ModelInvocations {
  private readonly turns: Turns;

  constructor(
    private readonly model: ServedModel,
    private readonly limits: InvocationLimits,
    private readonly bounds: RequestBounds,
    private readonly fetchObject: FetchObject,
  ) {
    this.turns = new Turns(limits.concurrent);
  }

  /** @throws RequestError that says what is wrong with the request */
  async answer({ body, contentType, accept, attributes }: Invocation): Promise<InvocationAnswer> {
    const { detector, sidecar, version } = this.model;
    const type = mediaType(contentType);
    const format = answerFormat(accept, isJsonLines(type));
    const options = detectOptions(sidecar, attributes, this.bounds);
    const sources = parseImages(Buffer.from(body.buffer, body.byteOffset, body.length), type);
    const answers = await Promise.all(
      sources.map((source) => this.turns.run(() => this.answerImage(source, options, format.lines))),
    );
    return {
      text: new TextEncoder().encode(writeAnswers(answers, format, detector.classes, version)),
      contentType: format.lines ? 'application/jsonlines' : 'application/json',
      images: answers.length,
    };
  }

  private async answerImage(
    source: ImageSource,
    options: ReturnType<typeof detectOptions>,
    oneOfMany: boolean,
  ): Promise<ImageAnswer> {
    try {
      const bytes = await this.bytesOf(source);
      const [frame, position, height] = await Promise.all([
        decodeImage(bytes, 'The image', { maxPixels: this.limits.maxPixels }),
        framePosition(bytes),
        heightAboveGround(bytes),
      ]);
      assertAffordable(frame, options, this.bounds);
      const detections = await this.model.detector.detect(frame, options);
      return { detections, frame: { width: frame.width, height: frame.height }, position, height };
    } catch (error) {
      const refusal = error instanceof ImageError ? new RequestError(400, error.message) : error;
      // A line that cannot be answered keeps its place, so that the other lines of a batch are not lost.
      if (oneOfMany && refusal instanceof RequestError) return { error: refusal.message };
      throw refusal;
    }
  }

  private bytesOf(source: ImageSource): Promise<Buffer> | Buffer {
    switch (source.kind) {
      case 'bytes':
        return source.bytes;
      case 's3':
        return this.fetchObject(source.bucket, source.key, this.limits.maxObjectBytes);
      case 'unreadable':
        throw new RequestError(400, source.reason);
    }
  }
}
