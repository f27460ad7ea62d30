import base from './jest.config.js';

/**
 * Minutes, not seconds: `npm run build && npm run test:slow`. Sizes and seeds come from the
 * environment; each suite says which. One worker: the suites measure, and use all cores themselves.
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/slow/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 600_000,
};
