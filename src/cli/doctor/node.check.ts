import { type Check, ok, warn } from './finding.js';

const oldest = [22, 13];

/** The Node that runs this. */
export const nodeCheck: Check = async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < oldest[0]! || (major === oldest[0] && minor < oldest[1]!);
  const detail = `Node ${process.versions.node} on ${process.platform}.`;
  return Promise.resolve([
    isOld
      ? warn('node', detail, `Tributary is made for Node ${oldest.join('.')} and newer; npm start brings its own.`)
      : ok('node', detail),
  ]);
};
