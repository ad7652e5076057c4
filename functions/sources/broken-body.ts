import { PipelineError } from '../values/index.ts';

/** A body does not have the records that its source declares; the message shows no values. */
export class BrokenBody extends PipelineError {
  override readonly name = 'BrokenBody';
  constructor(
    message: string,
    /** The body stopped before its end, so another try may succeed. */
    readonly endsEarly = false,
  ) {
    super(message);
  }
}
