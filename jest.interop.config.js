import base from './jest.config.js';

/**
 * Against a real Kafka: `NODE_OPTIONS=--experimental-vm-modules npx jest -c jest.interop.config.js`.
 * One worker: every suite starts a JVM or three, and a broker.
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/interop/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 120_000,
};
