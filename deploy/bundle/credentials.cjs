/** The credentials of a function, which Lambda and the laptop give in the environment. */
const fromEnvironment = async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error('the environment holds no credentials of AWS');
  const { AWS_SESSION_TOKEN: sessionToken } = process.env;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};

module.exports = { defaultProvider: () => fromEnvironment };
