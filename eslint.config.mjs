// Style, and the walls between the rooms of src/ (DESIGN: ARCHITECTURE.md, "Rooms").
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What each room may import: a room knows only the rooms to its left. */
const ARROWS = {
  options: [],
  upgrade: ['options'],
  project: ['options', 'upgrade'],
  platform: ['options'],
  catalog: ['options', 'platform'],
  operate: ['options', 'platform', 'catalog'],
  rehearsal: ['options', 'operate'],
  cli: ['options', 'upgrade', 'project', 'catalog', 'operate', 'rehearsal'],
};

const rooms = Object.keys(ARROWS);

const walls = rooms.map((room) => {
  const closed = rooms.filter((other) => other !== room && !ARROWS[room].includes(other));
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: `^(\\.\\./)+(${rooms.join('|')})/`, message: 'Enter a room through its index.ts.' },
            ...(closed.length === 0
              ? []
              : [{ regex: `^(\\.\\./)+(${closed.join('|')})$`, message: `${room} may not know this room.` }]),
          ],
          paths: [
            { name: 'child_process', message: 'Child processes start in src/process.ts.' },
            { name: 'node:child_process', message: 'Child processes start in src/process.ts.' },
          ],
        },
      ],
      ...(room === 'cli'
        ? {}
        : {
            'no-console': 'error',
            'no-restricted-properties': [
              'error',
              { object: 'process', property: 'exit', message: 'Only src/cli exits.' },
              { object: 'process', property: 'stdout', message: 'Only src/cli prints.' },
              { object: 'process', property: 'stderr', message: 'Only src/cli prints.' },
            ],
          }),
    },
  };
});

export default tseslint.config(
  {
    ignores: [
      'lib/',
      'dist/',
      '.sample/',
      '.cache/',
      'seed-code/platform/src/',
      'seed-code/*/node_modules/',
      'seed-code/*/dist/',
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['.projenrc.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Indexing yields no `undefined` in our compiler settings (typed arrays are indexed everywhere), so checks of it are welcome.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
  ...walls,
);
