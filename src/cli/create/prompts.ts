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
      const wanted = (optionOf(name).asked ?? 'detail') === which && answers[name] === undefined;
      if (!wanted || !isRelevant(name, answers)) continue;
      answers[name] = await askOne(clack, name);
      if (name === 'acceptUltralyticsLicense' && answers[name] === false) answers.trainer = 'baseline';
    }
  };
  clack.intro('A drone-imagery MLOps project on Amazon SageMaker');
  await ask('first');
  const details = answered(await clack.confirm({ message: 'See the details too?', initialValue: false }));
  if (details) await ask('detail');
  clack.outro('Generating');
  return answers;
}

/** Asks a yes-or-no question. @throws InterruptedError when the person leaves */
export async function confirm(message: string): Promise<boolean> {
  const clack = await loadClack();
  return answered(await clack.confirm({ message, initialValue: false }));
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
  const byDefault = fallback === undefined ? '' : kind.format(fallback);
  const typed = answered(
    await clack.text({
      message,
      placeholder: option.presence === 'optional' ? `leave it empty: ${option.without}` : byDefault,
      defaultValue: byDefault,
      validate: (text = '') => {
        const isLeftOut = text.trim() === '' && option.presence !== 'required';
        return isLeftOut ? undefined : faultOf(name, kind.parse(text) ?? text);
      },
    }),
  );
  return typed === '' ? undefined : kind.parse(typed);
}

function answered<T>(answer: T | symbol): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new InterruptedError();
  // What is no symbol is T without symbols; TypeScript does not narrow type parameters so far.
  return answer as Exclude<T, symbol>;
}
