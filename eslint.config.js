import hooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist', 'data', 'web/src/api/schema.d.ts']),
  {
    extends: [ts.configs.recommended],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [ts.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // In files with decorators the rule keeps still: there Nest needs the import at run time.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allow: [{ from: 'lib', name: ['URL', 'URLSearchParams'] }], allowNumber: true },
      ],
      // Connectors are plain objects of functions that never see `this`, and some are async because the contract is.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      // Platforms send `unknown`; String() of it is how it gets shown.
      '@typescript-eslint/no-base-to-string': 'off',
    },
  },
  {
    // Jest's matchers are typed any.
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-member-access': 'off' },
  },
  {
    // The app writes a log that machines read; only commands talk to a person at a terminal.
    files: ['src/**/*.ts', 'libs/**/*.ts'],
    ignores: ['src/cli/**', 'libs/simulators/src/demo/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['web/**/*.{ts,tsx}'],
    extends: [hooks.configs.flat.recommended],
    rules: {
      // The router redirects by throwing.
      '@typescript-eslint/only-throw-error': [
        'error',
        { allow: [{ from: 'package', package: '@tanstack/router-core', name: 'Redirect' }] },
      ],
      // Speaks to the React Compiler, which does not build this.
      'react-hooks/incompatible-library': 'off',
    },
  },
);
