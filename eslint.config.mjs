import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Packages a package may depend on, by the `scope:` tag each package.json carries under `nx.tags`; see docs/architecture.md. */
const ARROWS = {
  ir: [],
  'rvv-kernels': [],
  runtime: [],
  'qemu-plugin': [],
  board: [],
  'codegen-core': ['ir', 'runtime'],
  'codegen-rvv': ['ir', 'codegen-core', 'rvv-kernels'],
  'codegen-xnnpack': ['ir', 'codegen-core'],
  remote: ['board', 'qemu-plugin'],
  command: ['ir'],
  pruning: ['ir', 'command'],
  tuning: ['ir', 'codegen-core', 'pruning', 'remote'],
  cli: ['ir', 'command', 'pruning', 'codegen-core', 'codegen-rvv', 'codegen-xnnpack', 'remote', 'tuning'],
};

const scope = (name) => `scope:${name}`;
const depConstraints = Object.entries(ARROWS).map(([name, uses]) => ({
  sourceTag: scope(name),
  onlyDependOnLibsWithTags: uses.map(scope),
}));

/** Rooms of packages/ir from the innermost outwards: a room uses those before it. */
const IR_ROOMS = [['diagnostics'], ['core'], ['ops'], ['weights', 'eval', 'passes', 'onnx', 'nn'], ['zoo']];

function irRoom(room, level) {
  const outer = IR_ROOMS.slice(level)
    .flat()
    .filter((other) => other !== room && !(level === 3 && other === 'weights'));
  return {
    files: [`packages/ir/src/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...outer.map((other) => `../${other}/*`), 'node:*'],
              message: 'see the rooms in docs/architecture.md',
            },
          ],
        },
      ],
    },
  };
}

const FORBIDDEN = [
  { selector: 'TSEnumDeclaration', message: 'use a union of literals' },
  { selector: 'ExportDefaultDeclaration', message: 'name what you export' },
  { selector: 'ExportNamedDeclaration > VariableDeclaration[kind!="const"]', message: 'exports do not change' },
];
const ENVIRONMENT = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'only the command line reads the environment; take it as a parameter',
};

export default tseslint.config(
  {
    ignores: ['**/dist/**', '**/node_modules/**', '**/golden/**', '**/generated/**', 'out/**', '.nx/**', 'coverage/**'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['packages/*/src/**/*.ts', 'packages/*/tests/**/*.ts', 'native/*/tests/**/*.ts', 'tools/testing/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.check.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_$' }],
      // Reading a property with a fixed name through [] is what noPropertyAccessFromIndexSignature asks for.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      'max-lines': ['error', 500],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...FORBIDDEN, ENVIRONMENT],
      'no-control-regex': 'off',
    },
  },
  {
    // Tests may reach across packages; what is published may not.
    files: ['packages/*/src/**/*.ts'],
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints }] },
  },
  {
    files: ['packages/cli/src/**/*.ts', '**/tests/**/*.ts', 'tools/testing/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...FORBIDDEN] },
  },
  {
    // A describe block holds as many tests as the thing described needs.
    files: ['**/tests/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // The planner is a library that runs anywhere; its command alone knows files and processes.
    files: ['packages/pruning/src/**/*.ts'],
    ignores: ['packages/pruning/src/command/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*', '@ait-rvv/command', '**/command/*'], message: 'keep it to src/command' }] },
      ],
    },
  },
  ...IR_ROOMS.flatMap((rooms, level) => rooms.map((room) => irRoom(room, level))),
);
