import { ClusterCommand } from '../cli/cluster-command.js';
import { listLocks } from '../core/index.js';
import { lockDocument } from '../view/lock-document.js';
import { lockListView } from '../view/lock-list.js';

export default class Locks extends ClusterCommand {
  static override summary = 'Show who holds which lock right now.';
  static override description =
    'Topics (while they are created, changed or deleted), partitions (while records are written or ' +
    'pruned), groups (while they are changed), members of groups (as long as they take part) and the ' +
    'log directory (shared by writers; a Kafka broker has it alone). Most are held for milliseconds: ' +
    'what stays here is stopped, stuck, or works on a batch. Takes no lock and writes nothing.';
  static override examples = ['spool locks', 'spool locks --json', 'watch -n 0.5 spool locks'];
  static override args = {};

  async run(): Promise<void> {
    await this.parse(Locks);
    const { locks, failures } = await listLocks(await this.openCluster());
    await this.forEachTarget(failures, (failure) => Promise.reject(failure));
    if (locks.length === 0) this.noteOnTerminal('no locks are held');
    const documents = locks.map(lockDocument);
    await this.show(documents, (shown, look) =>
      lockListView({ locks: shown, nowMs: this.now() }, look),
    );
  }
}
