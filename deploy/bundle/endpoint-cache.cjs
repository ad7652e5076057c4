/** A client of DynamoDB makes a cache for endpoints that it would discover; no operation of this version discovers one. */
module.exports = { EndpointCache: class EndpointCache {} };
