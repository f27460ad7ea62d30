import { shellWord } from '../shell-word.js';
import type { HelpPage, Machine } from './page.js';

export const CRON_PAGE: HelpPage = {
  summary: 'An hourly batch with cron or systemd, on this machine; what is promised.',
  text: (askMachine) => {
    const machine = askMachine();
    const spool = crontabText(commandOf(machine));
    return `A CRONTAB  (crontab -e; the paths are those of this machine)
  SPOOL_DIR=${machine.dataDirectory}
  PATH=${machine.searchPath.join(':')}
  MAILTO=you@example.org
  0 * * * *     ${spool} consume orders -g load --until hour --if-busy skip --exec /opt/load.sh
  */10 * * * *  ${spool} group check load --max-age 2h --max-attempts 3
  30 3 * * *    ${spool} retention prune

  Nothing is printed when all is well, so cron sends mail for failures only.
  No flock is needed: a group gives a record to one run at a time.
  In a crontab a % ends the command: write \\% (date +\\%F). cron runs at local
  times, here ${machine.timeZone}, and so does --until hour; --exec gets cron's PATH.

A SYSTEMD TIMER  (in ~/.config/systemd/user)
  load.service   [Service]
                 Type=oneshot
                 Environment=${unitText(`"SPOOL_DIR=${machine.dataDirectory}"`)}
                 ExecStart=${unitText(machine.command.map(unitWord).join(' '))} \\
                   consume orders -g load --until hour --exec /opt/load.sh
  load.timer     [Timer]
                 OnCalendar=hourly
                 Persistent=true
                 [Install]
                 WantedBy=timers.target
  systemctl --user enable --now load.timer

IN TWO STEPS, for work that is done elsewhere
  spool consume orders -g load --until hour --receipt r.json -o batch.txt &&
    upload batch.txt && spool group commit load --receipt r.json
  The group moves with the second command alone, and only if it still stands
  where the first one began; else exit 4, and nothing moves.

WHAT IS PROMISED
  At least once, in order within a partition. The batch is written down before
  the command runs; the position moves only after exit 0, in the same step.
  A run that failed or was killed is repeated first: same SPOOL_BATCH_ID, same
  records, attempt + 1. So a command that remembers the ids it has done works
  exactly once. While a command lives, even if spool was killed, the group is
  busy (exit 75; --if-busy wait, skip).

WHAT A PIPE CANNOT PROMISE
  spool consume orders -g load | load.sh
  Moves when the pipe has taken all records; what load.sh does with them, or
  whether it failed, spool does not see. Use --exec where that matters.
`;
  },
};

function commandOf({ command }: Machine): string {
  return command.map(shellWord).join(' ');
}

/** In a crontab an unescaped % is a line break. */
function crontabText(text: string): string {
  return text.replaceAll('%', '\\%');
}

/** In a unit file % begins a specifier. */
function unitText(text: string): string {
  return text.replaceAll('%', '%%');
}

function unitWord(word: string): string {
  return /[\s"'\\]/.test(word) ? JSON.stringify(word) : word;
}
