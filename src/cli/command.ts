/** A command takes the words after its name and resolves with the exit code. */
export type Command = (words: string[]) => Promise<number>;
