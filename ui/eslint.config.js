// Floors of the front-end: screens → parts → controls; only host/ knows Tauri; only text/ and state/ stand below all.
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const noTauri = { group: ['@tauri-apps/*'], message: 'Only host/tauri.ts knows Tauri.' };
const noHost = {
  group: ['#host', '**/host/tauri', '**/host/rehearsal/**'],
  message: 'The host is handed in.',
};
const above = (...floors) => ({
  group: floors.map((floor) => `**/${floor}/**`),
  message: 'Floors lean downward only: screens, parts, controls.',
});
const floor = (files, ...patterns) => ({
  files,
  ignores: ['**/*.test.ts'],
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

export default ts.config(
  { ignores: ['dist', 'dist-rehearsal', 'photographs', 'src/host/generated'] },
  { files: ['src/**/*.ts', 'src/**/*.svelte', 'vite.config.ts'], extends: [ts.configs.strictTypeChecked] },
  ...svelte.configs.recommended,
  {
    files: ['src/**/*.ts', 'src/**/*.svelte', 'vite.config.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
        parser: ts.parser,
        svelteConfig,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `void value` in an effect says what the effect depends on.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Plain sets and maps are meant where nothing on screen follows them.
      'svelte/prefer-svelte-reactivity': 'off',
      // The compiler's own warnings are run by svelte-check; links here are places within the page.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    // What snippets and generic components hand over is typed for svelte-check, but opaque to these; and `$props()` is
    // destructured with `let`, as Svelte's own documentation does.
    files: ['src/**/*.svelte'],
    rules: {
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
    },
  },
  { files: ['scripts/**/*.mjs', 'eslint.config.js'], languageOptions: { globals: globals.node } },
  floor(['src/text/**'], noTauri, noHost, above('screens', 'parts', 'controls', 'state')),
  floor(
    ['src/host/host.ts', 'src/host/rehearsal/**'],
    noTauri,
    above('screens', 'parts', 'controls', 'state'),
  ),
  floor(['src/state/**'], noTauri, noHost, above('screens', 'parts', 'controls')),
  floor(['src/controls/**'], noTauri, noHost, above('screens', 'parts', 'state')),
  floor(['src/parts/**'], noTauri, noHost, above('screens')),
  floor(['src/screens/**'], noTauri, noHost),
);
