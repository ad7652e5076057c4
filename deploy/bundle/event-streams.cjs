/** A client asks for event streams while it is made, but only operations that stream events use them, and no function calls one. */
module.exports = {
  eventStreamSerdeProvider: () => undefined,
  resolveEventStreamSerdeConfig: (settings) => settings,
};
