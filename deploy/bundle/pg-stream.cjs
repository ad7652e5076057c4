const { Socket } = require('node:net');
const { connect } = require('node:tls');

/** As in pg, which first makes a `Response` to learn whether it runs on Node; that loads all of Node's fetch. */
module.exports = { getStream: () => new Socket(), getSecureStream: (options) => connect(options) };
