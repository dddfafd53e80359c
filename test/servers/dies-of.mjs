// Loaded before an app (`node --import`): the process dies on the spot when it reads a stored event with these words in it,
// as it would of a fault in native code or for want of memory. What a platform posts has its events in an `entry`.
const words = process.env.DIES_OF;
const read = Buffer.prototype.toString;

if (words)
  Buffer.prototype.toString = function (...how) {
    const text = read.apply(this, how);
    if (text.includes(words) && !text.includes('"entry"')) process.kill(process.pid, 'SIGKILL');
    return text;
  };
