import Database from 'better-sqlite3';

// Reads a SQLite file through and prints what is wrong with it: `ok`, or one fault a line.
const database = new Database(process.argv[2], { readonly: true, fileMustExist: true });
const faults = database.pragma('quick_check(20)', { simple: false }) as Array<{ quick_check: string }>;
process.stdout.write(`${faults.map(({ quick_check }) => quick_check).join('\n')}\n`);
database.close();
