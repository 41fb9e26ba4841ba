import { readdirSync } from 'node:fs';
import { join } from 'node:path';

type Command = { readonly run?: (args: readonly string[]) => Promise<number> };

const folder = join(__dirname, '..', '..', 'src', 'commands');
const commands = readdirSync(folder)
  .map((file) => file.slice(0, -'.ts'.length))
  .flatMap((name) => {
    const { run } = jest.requireActual<Command>(join(folder, name));
    return run ? [[name, run] as const] : [];
  });

afterEach(() => jest.restoreAllMocks());

test.each(commands)('%s says what it takes when it is asked, does nothing, and exits 0', async (name, run) => {
  let printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  for (const flag of ['--help', '-h']) {
    printed = '';
    expect(await run([flag])).toBe(0);
    expect(printed).toMatch(new RegExp(`^Usage: (?:model-build|npm run) ${name} `));
    expect(printed).toContain('--help ');
  }
});
