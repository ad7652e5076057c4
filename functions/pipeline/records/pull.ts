/** The ledger's records of pulls, by state, and the moves between states. A pull is one window of one source. */

export type PullState = 'asked' | 'pulling' | 'pulled' | 'landed' | 'failed' | 'parked';

/** For each state the states that may follow. */
export const pullMoves: Readonly<Record<PullState, readonly PullState[]>> = {
  asked: ['pulling'],
  pulling: ['pulled', 'landed', 'failed', 'parked'],
  pulled: ['landed', 'failed'],
  landed: ['asked'],
  failed: ['asked', 'pulling'],
  parked: ['asked'],
};

/** What a source said about a window. */
export type PulledContent = {
  /** Of the records in any order, without what the pull adds to them. */
  readonly sha256: string;
  readonly records: number;
  /** The moment of the pull. */
  readonly observed_at: string;
  /** Identifies the server, where a source can say it. */
  readonly identity?: string;
  /** The landed file; absent if the window has no records. */
  readonly key?: string;
};

type Asked = {
  /** The dataset, which names its source. */
  readonly source: string;
  /** First and last day of the window. */
  readonly from: string;
  readonly to: string;
  readonly rev: number;
  /** Grows with each process that begins to pull this window; each writes to places of its own. */
  readonly attempt: number;
  readonly asked_at: string;
  /** Failures since it was asked for. */
  readonly tries: number;
  /** Somebody has confirmed that the source may have changed its server, or have lost records. */
  readonly is_confirmed?: boolean | undefined;
  /** What the window held when it landed last. */
  readonly content?: PulledContent;
};

/** What the ledger knows of one pull. */
export type PullRecord =
  | (Asked & { readonly state: 'asked' })
  | (Asked & {
      readonly state: 'pulling';
      readonly started_at: string;
      /** The invocation at work; Lambda tries it again under the same id when its process has died. */
      readonly invocation?: string | undefined;
    })
  /** All bytes are staged, and land next. */
  | (Asked & {
      readonly state: 'pulled';
      readonly pulled: PulledContent;
      readonly staged_key: string;
      readonly pulled_at?: string;
    })
  | (Asked & { readonly state: 'landed'; readonly content: PulledContent; readonly checked_at: string })
  | (Asked & {
      readonly state: 'failed';
      readonly failed_at: string;
      readonly reason: string;
      /** Nobody tries again before; absent if only a person does. */
      readonly retry_at?: string | undefined;
    })
  | (Asked & { readonly state: 'parked'; readonly parked_at: string; readonly reason: string });

/** A record in one of several states. */
export type PullIn<State extends PullState> = Extract<PullRecord, { readonly state: State }>;

type Gains = {
  readonly asked: 'asked_at' | 'tries';
  readonly pulling: 'attempt' | 'started_at';
  readonly pulled: 'pulled' | 'staged_key';
  readonly landed: 'content' | 'checked_at';
  readonly failed: 'failed_at' | 'reason' | 'tries';
  readonly parked: 'parked_at' | 'reason';
};

/** Facts that a move into a state must give. */
export type PullMove<State extends PullState> = State extends unknown
  ? Partial<Omit<PullIn<State>, 'state' | 'rev' | 'source' | 'from' | 'to'>> &
      Required<Pick<PullIn<State>, Gains[State] & keyof PullIn<State>>>
  : never;

/** A pull as one word: `users/2024-01-01/2024-01-31`. */
export const pullId = ({ source, from, to }: Pick<PullRecord, 'source' | 'from' | 'to'>): string =>
  `${source}/${from}/${to}`;

/** Reads the text of `pullId`. */
export const parsePullId = (id: string): Pick<PullRecord, 'source' | 'from' | 'to'> => {
  const [source = '', from = '', to = ''] = id.split('/');
  return { source, from, to };
};
