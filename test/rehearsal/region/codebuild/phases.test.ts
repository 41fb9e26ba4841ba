import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { parseBuildspec } from '../../../../src/rehearsal/region/codebuild/buildspec';
import { runPhases } from '../../../../src/rehearsal/region/codebuild/phases';
import { buildShell } from '../../../../src/rehearsal/region/codebuild/shell';
import { temporaryFolder } from '../start';

async function runSpec(spec: object, signal = new AbortController().signal) {
  const root = realpathSync(temporaryFolder());
  const [folder, cwd] = [join(root, 'shell'), join(root, 'src')];
  mkdirSync(folder);
  mkdirSync(cwd);
  const parsed = parseBuildspec(JSON.stringify({ version: 0.2, ...spec }));
  let said = '';
  const shell = buildShell({
    shell: parsed.shell,
    folder,
    cwd,
    environment: { PATH: process.env.PATH ?? '' },
    exported: parsed.exportedVariables,
    onText: (text) => (said += text),
    signal,
  });
  const phases: string[] = [];
  const contexts: string[] = [];
  const succeeded = await runPhases(
    parsed,
    shell,
    {
      begin: () => undefined,
      command: () => undefined,
      end: (name, { status, context }) => {
        phases.push(`${name} ${status}`);
        if (context) contexts.push(context.message);
      },
    },
    signal,
  );
  return { said, phases, contexts, succeeded, exported: shell.exportedValues(), cwd };
}

describe('the phases of a build', () => {
  test.each(['sh', 'bash'])(
    'share one shell (%s): variables, exports, functions and the folder last',
    async (shell) => {
      const { said, succeeded, cwd } = await runSpec({
        env: { shell },
        phases: {
          install: {
            commands: ['plain=1; export EXPORTED=2', 'say() { echo "$1 in $PWD"; }', 'mkdir inner && cd inner'],
          },
          build: { commands: ['say "$plain$EXPORTED"', 'node -p "process.env.EXPORTED + process.env.plain"'] },
        },
      });
      expect(said).toBe(`12 in ${cwd}/inner\n2undefined\n`);
      expect(succeeded).toBe(true);
    },
  );

  test('run post_build after a failed build, told that it fails, with what the build had set', async () => {
    const { said, phases, contexts, succeeded } = await runSpec({
      phases: {
        build: { commands: ['kept=yes', 'export ALSO=this', 'false', 'echo never'] },
        post_build: { commands: ['echo "$CODEBUILD_BUILD_SUCCEEDING $kept $ALSO"'] },
      },
    });
    expect(said).toBe('0 yes this\n');
    expect(phases).toEqual(['install SUCCEEDED', 'pre_build SUCCEEDED', 'build FAILED', 'post_build SUCCEEDED']);
    expect(contexts).toEqual(['Error while executing command: false. Reason: exit status 1']);
    expect(succeeded).toBe(false);
  });

  test('survive a command that calls exit, in the words of its own exit status', async () => {
    const { said, contexts } = await runSpec({
      phases: {
        build: { commands: ['v="two\nlines"', 'exit 7'], finally: ['echo "$v" and $CODEBUILD_BUILD_SUCCEEDING'] },
      },
    });
    expect(said).toBe('two\nlines and 0\n');
    expect(contexts).toEqual(['Error while executing command: exit 7. Reason: exit status 7']);
  });

  test.each(['install', 'pre_build'])('end after a failed %s, but for its finally', async (name) => {
    const { said, phases } = await runSpec({
      phases: { [name]: { commands: ['false'], finally: ['echo cleaned'] }, build: { commands: ['echo never'] } },
    });
    expect(said).toBe('cleaned\n');
    expect(phases.at(-1)).toBe(`${name} FAILED`);
  });

  test('go on, or end, as on-failure says', async () => {
    const goesOn = await runSpec({
      phases: { install: { 'on-failure': 'CONTINUE', commands: ['false'] }, build: { commands: ['echo built'] } },
    });
    expect(goesOn.said).toBe('built\n');
    expect(goesOn.succeeded).toBe(false);
    const ends = await runSpec({
      phases: { build: { 'on-failure': 'ABORT', commands: ['false'] }, post_build: { commands: ['echo never'] } },
    });
    expect(ends.said).toBe('');
  });

  test('fail when only a finally command does', async () => {
    const { phases } = await runSpec({ phases: { install: { commands: ['true'], finally: ['false'] } } });
    expect(phases).toEqual(['install FAILED']);
  });

  test('export variables, those that were set, as the last command left them', async () => {
    const { exported } = await runSpec({
      env: { 'exported-variables': ['REASON', 'VERSION', 'NEVER'] },
      phases: {
        pre_build: { commands: ['export VERSION=1'] },
        build: { commands: ['VERSION="a = b"', '{ export REASON="it\'s empty"; false; }'] },
      },
    });
    expect(exported).toEqual({ REASON: "it's empty", VERSION: 'a = b' });
  });

  test('say what both outputs say, in order, and nothing of the shell’s own', async () => {
    const { said } = await runSpec({
      phases: { build: { commands: ['printf one; printf two >&2', 'printf "<three>"'] } },
    });
    expect(said).toBe('onetwo<three>');
  });

  test('end what runs when they are stopped', async () => {
    const stop = new AbortController();
    const running = runSpec(
      { phases: { build: { commands: ['sleep 60'] }, post_build: { commands: ['echo never'] } } },
      stop.signal,
    );
    setTimeout(() => {
      stop.abort();
    }, 200);
    const { said, phases, succeeded } = await running;
    expect({ said, phases, succeeded }).toEqual({
      said: '',
      phases: ['install SUCCEEDED', 'pre_build SUCCEEDED', 'build FAILED'],
      succeeded: false,
    });
  });
});
