const Client = require('pg/lib/client');
const { DatabaseError } = require('pg-protocol');

module.exports = { Client, DatabaseError, Query: Client.Query };
