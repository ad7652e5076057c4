const Agent = require('undici/lib/dispatcher/agent.js');
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
const request = require('undici/lib/api/api-request.js');

/** As undici's own index does it for all of its calls. */
Dispatcher.prototype.request = request;

module.exports = { Agent };
