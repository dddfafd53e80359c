/** A lib as it may look to the resolver: by its `#libs` name, as built, or as source. */
const lib = (name) => `^(#libs|dist/libs|libs)/${name}(/|$)`;

/** Which folder may import which; see "Who may import whom" in docs/architecture.md. */
export default {
  forbidden: [
    {
      name: 'libs-know-nothing-of-the-product',
      comment: 'A lib is what we know about the outside world; src is what the product does.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(dist/)?(src|web|test)/' },
    },
    {
      name: 'connectors-know-the-contract-only',
      comment: 'Connectors do not know each other. Their tests may use the simulators.',
      severity: 'error',
      from: { path: '^libs/(?!simulators/)([^/]+)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(#libs|dist/libs|libs)/', pathNot: [lib('connector'), '^libs/$1/'] },
    },
    {
      name: 'connector-tests-know-the-contract-and-the-simulators',
      severity: 'error',
      from: { path: '^libs/(?!simulators/)([^/]+)/.+\\.spec\\.ts$' },
      to: { path: '^(#libs|dist/libs|libs)/', pathNot: [lib('connector'), lib('simulators'), '^libs/$1/'] },
    },
    {
      name: 'simulators-know-nothing-of-us',
      comment: 'They are the other side of the wire; what they shared with us they could not contradict.',
      severity: 'error',
      from: { path: '^libs/simulators/' },
      to: { path: '^(#libs|dist/libs|libs)/', pathNot: '^libs/simulators/' },
    },
    {
      name: 'libs-are-entered-by-the-front-door',
      comment: 'Import #libs/name, never a file inside.',
      severity: 'error',
      from: { path: '^(src|test)/' },
      to: { path: '^libs/' },
    },
    {
      name: 'the-product-runs-without-simulators',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: lib('simulators') },
    },
    {
      name: 'only-the-list-of-connectors-names-them',
      comment: 'Everybody else asks the contract for capabilities.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/connectors\\.ts$', '^src/cli/', '\\.spec\\.ts$'] },
      to: { path: '^(#libs|dist/libs|libs)/', pathNot: lib('connector') },
    },
    {
      name: 'nothing-imports-the-edges',
      comment: 'To start work in inbound or outbound, write a row and add a job.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(inbound|outbound|database|cli)/', '^src/(app\\.module|main)\\.ts$'] },
      to: { path: '^src/(inbound|outbound)/' },
    },
    {
      name: 'the-edges-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/(inbound|outbound)/' },
      to: { path: '^src/(inbound|outbound)/', pathNot: '^src/$1/' },
    },
    {
      name: 'the-web-knows-the-api-only',
      comment: 'Its types come from web/src/api/schema.d.ts.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: ['^(dist/)?(src|libs|test)/', '^#libs/'] },
    },
    {
      name: 'no-circles',
      comment: 'Entities may name each other as types.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: {},
      to: { path: '\\.spec\\.ts$' },
    },
    {
      name: 'the-product-does-not-need-what-only-developers-install',
      severity: 'error',
      // The OpenID provider is loaded by tests alone, on demand.
      from: { path: '^(src|libs)/', pathNot: ['\\.spec\\.ts$', '/conformance\\.ts$', '^src/setup/', '^libs/simulators/src/oauth/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^dist/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
