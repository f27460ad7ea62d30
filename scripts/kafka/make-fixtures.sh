#!/bin/sh
# Makes test/fixtures/kafka-<version> anew with a real broker. The recipes are in
# test/interop/fixture-recipes.ts. What changes without a change there: topic ids, producer ids, and
# what the broker stamps with its own clock (LogAppendTime, transaction markers).
set -eu
cd "$(dirname "$0")/../.."
UPDATE_GOLDEN=1 NODE_OPTIONS=--experimental-vm-modules \
  node_modules/.bin/jest -c jest.interop.config.js test/interop/golden-fixtures.test.ts
