const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2023',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^#libs/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

const wholeApp = (database) => ({
  ...common,
  displayName: database,
  testMatch: ['<rootDir>/test/*.spec.ts', `<rootDir>/test/${database}/*.spec.ts`],
  globals: { TEST_DATABASE: database },
});

/** `unit` needs nothing but Node; the others run the whole app against real servers, once per database. */
export default {
  // Real servers take their time when two projects share a small machine.
  testTimeout: 30_000,
  // Modules of files that are done stay in memory: a worker that has gathered so much of them slows the next ones down.
  workerIdleMemoryLimit: '1GB',
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{src,libs}/**/*.spec.ts'] },
    wholeApp('sqlite'),
    wholeApp('postgres'),
  ],
};
