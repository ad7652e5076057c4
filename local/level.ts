import { ClassicLevel } from 'classic-level';

type Get<Key, Value> = ClassicLevel<Key, Value>['get'];

/**
 * LevelDB that reads one entry at once, on the calling thread: what is asked for lies in memory nearly always, and a trip
 * to the thread pool takes ten times as long, on a busy machine a hundred times.
 */
export class PromptLevel<Key, Value> extends ClassicLevel<Key, Value> {
  override get: Get<Key, Value> = async (key: Key, options = {}) => {
    if (this.status === 'opening') await this.open({ passive: true });
    return this.getSync(key, options);
  };
}
