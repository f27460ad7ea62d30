import { runInThisContext } from 'node:vm';

/**
 * Sets the zone of local time. Jest gives every test file a copy of process.env, and only the true one
 * reaches the clock, so this goes around the copy.
 */
export function setTimeZone(zone: string): void {
  runInThisContext(`process.env.TZ = ${JSON.stringify(zone)}`);
}
