/** @type {import('jest').Config} */
export default {
  // A test takes milliseconds; a busy machine makes seconds of them.
  testTimeout: 30_000,
  testEnvironment: 'node',
  // Half of a suite's time is spent waiting for the processes that it starts.
  maxWorkers: '100%',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
      },
    ],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/slow/',
    '<rootDir>/test/faults/',
    '<rootDir>/test/interop/',
  ],
};
