import base from './jest.config.js';

/**
 * The fault suites, a folder each: `npm run build && npm run test:chaos` and so on. Sizes and seeds
 * come from the environment; each suite says which. One worker: the suites use all cores themselves.
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/faults/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 900_000,
};
