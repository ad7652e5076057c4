import { expect, test } from 'vitest';
import { compareState } from '../../../../cli/doctor/state/compare.ts';
import type { StatePorts } from '../../../../cli/doctor/state/ports.ts';

/** A state without datasets, in which each look at the lake finds other keys. */
const stateOf = (isRunning: boolean, looks: readonly (readonly string[])[]): StatePorts => {
  let look = 0;
  return {
    ...{ state: '/state', isRunning, catalog: { datasets: {}, marts: {} } },
    files: { list: async () => looks[look++] },
    ledger: { files: { datasets: async () => [] } },
    async *objects() {
      yield { kind: 'counted', objects: 2, bytes: 10 };
    },
    ask: async () => Promise.reject(new Error('nobody asks')),
    async *kpiItems() {},
  } as unknown as StatePorts;
};

const [stray, moving, late] = ['stray', 'moving', 'late'].map((name) => `data/archive/streams/${name}.csv@1`);
const messagesOf = async (state: StatePorts): Promise<string[]> =>
  (await compareState(state)).problems.map(({ message }) => message.split(' ')[0] ?? '');

test('what differs in a running cloud only for a moment is no problem', async () => {
  const looks = [
    [stray ?? '', moving ?? ''],
    [stray ?? '', late ?? ''],
  ];
  expect(await messagesOf(stateOf(true, looks))).toEqual([stray]);
  expect(await messagesOf(stateOf(false, looks))).toEqual([stray, moving]);
});

test('what cannot be compared is a problem, and the rest is compared', async () => {
  const state = { ...stateOf(false, [[]]), files: { list: () => Promise.reject(new Error('no lake')) } };
  const { problems, compared } = await compareState(state);
  expect(problems.map(({ message }) => message)).toEqual([
    'the ledger with the objects cannot be compared: no lake',
  ]);
  expect(compared).toMatchObject({ objects: 2, bytes: 10, files: 0 });
});
