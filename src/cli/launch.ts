/**
 * One run, from the words of the command line to the exit code. Nothing here ends the process: the
 * caller sets `process.exitCode` and returns, so output that is still on its way arrives.
 */
import { Config } from '@oclif/core';
import type { Command } from '@oclif/core';
import { markValues, parseCommandLine, splitAtDashes } from './command-line.js';
import { helpFor } from './help.js';
import { bindSession, processSurroundings, Session } from './session.js';
import { SignalWatch } from './signals.js';

export interface LaunchOptions {
  /** Without node and the script. */
  readonly argv: readonly string[];
  /** The directory that holds package.json. */
  readonly root: string;
}

/** Runs the program in this process. Does not return when a signal ended it. */
export async function launch({ argv, root }: LaunchOptions): Promise<number> {
  const controller = new AbortController();
  const signals = new SignalWatch(controller);
  const session = new Session(processSurroundings(), controller);
  const exitCode = await runSession(session, { argv, root });
  if (signals.received !== undefined) await messagesWritten();
  return signals.release() ?? exitCode;
}

/** The same in given surroundings. Never rejects. */
export async function runSession(session: Session, { argv, root }: LaunchOptions): Promise<number> {
  // Known before anything is parsed: parsing may be what fails.
  session.isJson = splitAtDashes(argv).before.includes('--json');
  try {
    // The directory where oclif looks for a user's plugins is our data directory: nothing in it is code.
    const config = await Config.load({ root, userPlugins: false, devPlugins: false });
    bindSession(config, session);
    const { before, after } = splitAtDashes(markValues(config, argv));
    await runCommandLine(session, config, before, after);
  } catch (error) {
    await session.report(error);
  }
  try {
    await session.flush();
  } catch (error) {
    // The same failure has most likely ended the command already.
    if (session.exitCode === 0) await session.report(error);
  }
  return session.exitCode;
}

async function runCommandLine(
  session: Session,
  config: Config,
  before: readonly string[],
  after: readonly string[] | undefined,
): Promise<void> {
  const request = parseCommandLine(config, before);
  if (request.kind === 'version') {
    await session.output.write(Buffer.from(`spool ${config.version}\n`));
    return;
  }
  if (request.kind === 'help') {
    const { outputIsTerminal, columns } = session.surroundings;
    const width = outputIsTerminal ? columns() : undefined;
    const look = { width, palette: await session.palette(outputIsTerminal) };
    await session.output.write(Buffer.from(helpFor(config, request.words, look, request.detail)));
    return;
  }
  const argv = [...request.argv];
  if (after !== undefined) {
    const command = await config.findCommand(request.id, { must: true }).load();
    if (takesChildCommand(command)) session.childCommand = after;
    else argv.push('--', ...after);
  }
  await config.runCommand(request.id, argv);
}

function takesChildCommand(command: Command.Class): boolean {
  return (command as { takesChildCommand?: unknown }).takesChildCommand === true;
}

/** Standard error may be a pipe, and then its last lines are still in this process. */
async function messagesWritten(): Promise<void> {
  const written = new Promise<void>((resolve) => {
    process.stderr.write('', () => {
      resolve();
    });
  });
  const patience = new Promise<void>((resolve) => setTimeout(resolve, 500).unref());
  await Promise.race([written, patience]);
}
