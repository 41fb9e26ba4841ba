import { text } from 'node:stream/consumers';
import { type RunningProcess, ProcessStartError, run, start, startPiped } from '../src/process';

const node = process.execPath;

describe('process', () => {
  test('a finished process reports its code and both of its outputs, and reads its input', async () => {
    const script =
      "process.stdin.on('data', (d) => process.stdout.write('got ' + d)); process.stderr.write('aside'); process.exitCode = 3";
    const finished = await run(node, ['-e', script], { input: 'words' });
    expect(finished).toEqual({ code: 3, signal: null, stdout: 'got words', stderr: 'aside' });
  });

  test('a command that does not exist, or a folder that does not, is an error that names it', async () => {
    await expect(run('no-such-command', [])).rejects.toThrow(ProcessStartError);
    await expect(run(node, ['-v'], { cwd: '/no/such/folder' })).rejects.toThrow(/in \/no\/such\/folder/);
  });

  test('killing a process ends its descendants too', async () => {
    // GIVEN a process whose child holds the same output open for a minute: it closes only when both have ended
    const script = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' });
      console.log('both run'); setTimeout(() => {}, 60000)`;
    const running = await new Promise<RunningProcess>((resolve) => {
      const started = start(node, ['-e', script], {
        onStdout: () => {
          resolve(started);
        },
      });
    });
    // WHEN
    running.kill();
    // THEN
    expect(await running.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('a piped process gets its input, and gives its output, as bytes', async () => {
    const { stdin, stdout, exited } = startPiped(node, ['-e', 'process.stdin.pipe(process.stdout)']);
    stdin.write(Buffer.from([0xc3]));
    stdin.end(Buffer.from([0xa9]));
    expect(await text(stdout)).toBe('é');
    expect(await exited).toEqual({ code: 0, signal: null });
  });

  test('an abort signal ends the process', async () => {
    const controller = new AbortController();
    const finished = run(node, ['-e', 'setTimeout(() => {}, 60000)'], { signal: controller.signal });
    controller.abort();
    expect((await finished).signal).toBe('SIGTERM');
  });
});
