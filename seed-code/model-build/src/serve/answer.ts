// How detections are written into a response, by what the caller accepts.
import type { Detection, Frame, Position } from '../vision';
import { RequestError } from './request-error';

/** One image's answer, or why there is none. */
export type ImageAnswer =
  | {
      readonly detections: readonly Detection[];
      readonly frame: Pick<Frame, 'width' | 'height'>;
      /** Where the frame was taken, when it says so. */
      readonly position: Position | undefined;
      /** Metres above ground, or above take-off, when the frame says so. */
      readonly height: number | undefined;
    }
  | { readonly error: string };

export interface AnswerFormat {
  /** `objects` names classes and gives boxes in pixels; `array` is the form of SageMaker's built-in detector. */
  readonly form: 'objects' | 'array';
  readonly lines: boolean;
}

/**
 * The format that an Accept header asks for: `application/json`, `application/jsonlines`, each with `;form=array` or without.
 * @throws RequestError 406 for anything else
 */
export function answerFormat(accept: string | undefined, linesByDefault: boolean): AnswerFormat {
  for (const range of (accept ?? '*/*').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const form = parameters.includes('form=array') ? 'array' : 'objects';
    if (type === '*/*' || type === 'application/*') return { form, lines: linesByDefault };
    if (type === 'application/json') return { form, lines: linesByDefault };
    if (type === 'application/jsonlines') return { form, lines: true };
  }
  throw new RequestError(406, 'Answers are application/json or application/jsonlines, with ;form=array for arrays.');
}

/** The response's text; one image a line where lines are asked for. */
export function writeAnswers(
  answers: readonly ImageAnswer[],
  { form, lines }: AnswerFormat,
  classes: readonly string[],
  modelVersion: string,
): string {
  const write = (answer: ImageAnswer): string =>
    JSON.stringify(form === 'array' ? toArray(answer) : toObject(answer, classes, modelVersion));
  return lines ? answers.map((answer) => `${write(answer)}\n`).join('') : answers.map(write).join('\n');
}

function toObject(answer: ImageAnswer, classes: readonly string[], modelVersion: string): object {
  if ('error' in answer) return answer;
  const { detections, frame, position, height } = answer;
  return {
    modelVersion,
    width: frame.width,
    height: frame.height,
    ...(position ? { position } : {}),
    ...(height === undefined ? {} : { heightAboveGround: height }),
    detections: detections.map(({ box, score, classIndex }) => ({ box, class: classes[classIndex], score })),
  };
}

/** `{"prediction": [[class, score, xmin, ymin, xmax, ymax], …]}`, the box in shares of the frame's sides. */
function toArray(answer: ImageAnswer): object {
  if ('error' in answer) return answer;
  const { width, height } = answer.frame;
  return {
    prediction: answer.detections.map(({ box: [left, top, right, bottom], score, classIndex }) => [
      classIndex,
      score,
      left / width,
      top / height,
      right / width,
      bottom / height,
    ]),
  };
}
