// The six steps that the project promises, and where a rehearsal stands on each.
import type { RehearsalRecord } from '../record';

type State = 'done' | 'failed' | 'later';

interface Step {
  readonly name: string;
  readonly note: string;
  readonly state: State;
}

export function journeyOf(record: RehearsalRecord): readonly (Step & { readonly number: number })[] {
  return stepsOf(record).map((step, index) => ({ number: index + 1, ...step }));
}

function stepsOf(record: RehearsalRecord): readonly Step[] {
  const { outcome, platform } = record;
  const built = platform?.builds.some(({ commit, status }) => commit === platform.commit && status === 'Succeeded');
  const trains = platform === undefined || built === true;
  const training: State = !trains ? 'later' : outcome === 'failed' ? 'failed' : 'done';
  return [
    { name: 'Experiment', note: trains ? 'data versioned and pushed' : 'not reached', state: training },
    {
      name: 'Processing jobs',
      note: trains ? 'split, preprocess, validate, evaluate' : 'not reached',
      state: training,
    },
    { name: 'Pipeline and registry', note: trains ? 'train, gate, register' : 'not reached', state: training },
    platform === undefined
      ? { name: 'Build CI/CD', note: 'not rehearsed with model-build alone', state: 'later' }
      : {
          name: 'Build CI/CD',
          note: 'published, launched, a commit built',
          state: built === true ? 'done' : 'failed',
        },
    { name: 'Deploy CI/CD', note: 'still to come', state: 'later' },
    { name: 'Monitoring', note: 'still to come', state: 'later' },
  ];
}
