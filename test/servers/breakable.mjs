import { clockLibrary, onThisSystem } from '../../src/setup/system-packages.mjs';

/** What the chaos suite needs to start servers that it may kill, and to set clocks. */
export const breakableNeeds = ['redis', 'postgres', 'dovecot', 'ps', 'faketime'].filter(onThisSystem);

/** Tells the suite where these are. */
export const breakable = ({ redis, postgres }) => ({
  TEST_REDIS_PROGRAM: redis,
  TEST_INITDB: postgres,
  FAKETIME_LIBRARY: clockLibrary() ?? '',
});
