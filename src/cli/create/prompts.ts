// Questions at a terminal.
import { OPTION_NAMES, type OptionName, faultOf, optionOf } from '../../options';
import { InterruptedError } from '../host';

/** An ECMAScript module: imported where it is needed, and bundled. */
const loadClack = () => import('@clack/prompts');
type Clack = Awaited<ReturnType<typeof loadClack>>;

/**
 * Asks for the options that were not given.
 * @returns all that were given or answered
 * @throws InterruptedError when the person leaves
 */
export async function askForOptions(given: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const clack = await loadClack();
  const answers: Record<string, unknown> = { ...given };
  const ask = async (which: 'first' | 'detail'): Promise<void> => {
    for (const name of OPTION_NAMES) {
      if ((optionOf(name).asked ?? 'detail') !== which || name in answers || !isRelevant(name, answers)) continue;
      answers[name] = await askOne(clack, name);
      if (name === 'trainer' && answers.trainer === 'ultralytics') {
        answers.acceptUltralyticsLicense ??= await askOne(clack, 'acceptUltralyticsLicense');
      }
      if (name === 'flight' && answers.flight === 'pattern')
        answers.flightPattern ??= await askOne(clack, 'flightPattern');
    }
  };
  clack.intro('A drone-imagery MLOps project on Amazon SageMaker');
  await ask('first');
  const details = answered(await clack.confirm({ message: 'See the details too?', initialValue: false }));
  if (details) await ask('detail');
  clack.outro('Generating');
  return answers;
}

/** Some options only matter beside a value of another. */
function isRelevant(name: OptionName, answers: Readonly<Record<string, unknown>>): boolean {
  if (name === 'acceptUltralyticsLicense' || name === 'modelSize') return answers.trainer === 'ultralytics';
  if (name === 'flightPattern') return answers.flight === 'pattern';
  return name !== 'flightGapMinutes' || answers.flight === 'time-gap';
}

async function askOne(clack: Clack, name: OptionName): Promise<unknown> {
  const option = optionOf(name);
  const { kind, prompt: message } = option;
  const fallback = option.presence === 'default' ? option.default : undefined;
  if (kind.choices) {
    const options = kind.choices.map((value) => ({ value: kind.format(value) }));
    return answered(await clack.select({ message, options, initialValue: kind.format(fallback) }));
  }
  if (typeof fallback === 'boolean') return answered(await clack.confirm({ message, initialValue: fallback }));
  const text = answered(
    await clack.text({
      message,
      ...(fallback === undefined ? {} : { initialValue: kind.format(fallback) }),
      placeholder: option.presence === 'optional' ? `leave it empty: ${option.without}` : (kind.placeholder ?? ''),
      validate: (typed = '') => (isLeftOut(typed) ? undefined : faultOf(name, kind.parse(typed) ?? typed)),
    }),
  );
  return isLeftOut(text) ? undefined : kind.parse(text);

  function isLeftOut(typed: string): boolean {
    return option.presence === 'optional' && typed.trim() === '';
  }
}

function answered<T>(answer: T | symbol): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new InterruptedError();
  // What is no symbol is T without symbols; TypeScript does not narrow type parameters so far.
  return answer as Exclude<T, symbol>;
}
