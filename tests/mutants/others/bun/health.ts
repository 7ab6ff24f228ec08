// Ends with 0 where the server is well.
const answer = await fetch("http://127.0.0.1:3000/health", { signal: AbortSignal.timeout(4000) });
process.exit(answer.ok ? 0 : 1);
