// Calls every capability by the generated client, and each kind of refusal. After "outage", Redis is down.
import * as gatehouse from "./gatehouse/index.js";

const api = new gatehouse.Configuration({ basePath: process.env.GATEHOUSE_URL, apiKey: process.env.KEY });
const idempotency = new gatehouse.IdempotencyApi(api);
const limits = new gatehouse.RateLimitsApi(api);

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

async function refusal(call: Promise<unknown>, status: number): Promise<{ problem: any; headers: Headers }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof gatehouse.ResponseError)) throw error;
    const { response } = error;
    check(response.status === status, `${response.status} instead of ${status}`);
    check(response.headers.get("Content-Type") === "application/problem+json", "not a problem");
    return { problem: await response.json(), headers: response.headers };
  }
  throw new Error(`a success instead of ${status}`);
}

async function calls(): Promise<void> {
  const claim = { key: "order-ts" };
  const granted = await gatehouseClaim(claim);
  check(granted.attempt === 1 && granted.expiresAt instanceof Date, "claim");
  const inFlight = await refusal(idempotency.claim({ claimBody: claim }), 409);
  check(inFlight.headers.has("Retry-After") && "claimedAt" in inFlight.problem, "in flight");
  const result = { status: 201, body: "done", headers: { "Content-Type": "text/plain", "Set-Cookie": ["a=1", "b=2"] } };
  await idempotency.completeClaim({ completeClaimRequest: { ...claim, owner: granted.owner, response: result } });
  const replayed = await idempotency.claim({ claimBody: claim });
  check("response" in replayed && replayed.response.body === "done", "replay");
  const several = await idempotency.claim({ claimBody: { claims: [claim, { key: "other-ts" }] } });
  check("results" in several && several.results.map((each) => each.status).join() === "200,201", "several claims");

  const limit = { name: "smoke-ts", subject: "ada", limit: 1, windowSeconds: 3600 };
  check((await limits.checkRateLimits({ checkRequest: { limits: [limit] } })).allowed, "rate limit");
  const denied = await refusal(limits.checkRateLimits({ checkRequest: { limits: [limit] } }), 429);
  for (const header of ["Retry-After", "RateLimit", "RateLimit-Policy", "X-RateLimit-Remaining"]) {
    check(denied.headers.has(header), header);
  }
  const policies = new gatehouse.PoliciesApi(api);
  await policies.putPolicy({ name: "plan-ts", policyRequest: { algorithm: "gcra", limit: 5, windowSeconds: 60 } });
  check((await policies.getPolicy({ name: "plan-ts" })).algorithm === "gcra", "policy");
  const leases = new gatehouse.LeasesApi(api);
  const acquired = await leases.acquireLease({ acquireRequest: { name: "lock-ts", subject: "ada", limit: 1, leaseMillis: 9000 } });
  await leases.releaseLease({ releaseRequest: { name: "lock-ts", subject: "ada", leaseId: acquired.leaseId } });

  const cache = new gatehouse.CacheApi(api);
  const key = { model: "small", prompt: "ts" };
  const { entries } = await cache.lookupCache({ cacheLookupRequest: { entries: [{ key }] } });
  await cache.fillCache({ cacheFillRequest: { key, value: ["answer", 42, null], freshSeconds: 60, owner: entries[0].lease!.owner } });
  const found = await cache.lookupCache({ cacheLookupRequest: { entries: [{ key }] } });
  check(found.entries[0].outcome === "fresh" && found.entries[0].value[1] === 42, "cache");

  const states = new gatehouse.WorkflowStateApi(api);
  const state = { id: "order-ts", value: { step: 1 } };
  const saved = await states.saveState({ saveStateRequest: { ...state, expect: "absent" } });
  const read = await states.readState({ readStateRequest: { id: state.id } });
  check(read.version === saved.version && read.value?.step === 1, "state");
  await refusal(states.saveState({ saveStateRequest: { ...state, expect: "absent" } }), 412);

  const presence = new gatehouse.PresenceApi(api);
  const member = { channel: "room:ts", userId: "ada", connectionId: "window-1" };
  await presence.enterChannel({ enterChannelRequest: { ...member, info: { mood: "calm" } } });
  const { members } = await presence.listMembers({ listMembersRequest: { channel: member.channel } });
  check(members[0].userId === "ada" && members[0].info.mood === "calm", "presence");
  const channels = new gatehouse.ChannelsApi(api);
  const message = { channel: member.channel, event: "message", data: { text: "hello" }, keep: { events: 10, seconds: 60 } };
  const start = await channels.catchUpWithChannel({ catchUpRequest: { channel: member.channel } });
  await channels.publishEvent({ publishRequest: message });
  const missed = await channels.catchUpWithChannel({ catchUpRequest: { channel: member.channel, since: start.at } });
  check(missed.events[0].data.text === "hello" && missed.events[0].publishedAt instanceof Date, "channel");

  const jobs = new gatehouse.JobsApi(api);
  await jobs.enqueueJob({ enqueueRequest: { queue: "mails-ts", id: "mail-1", payload: { to: "ada" } } });
  const [job] = (await jobs.takeJobs({ takeRequest: { queue: "mails-ts" } })).jobs;
  check(job.payload.to === "ada", "job");
  const ended = await jobs.completeJobs({ leaseBody: { queue: "mails-ts", id: job.id, lease: job.lease } });
  check("outcome" in ended && ended.outcome === "completed", "end of a job");

  const sessions = new gatehouse.SessionsApi(api);
  const { token } = await sessions.createSession({ createSessionRequest: { userId: "ada-ts", onLimit: "reject" } });
  check((await sessions.lookupSession({ lookupSessionRequest: { token } })).session.userId === "ada-ts", "session");
  await refusal(sessions.lookupSession({ lookupSessionRequest: { token: "unknown" } }), 401);
  const visitor = new gatehouse.ExampleApi(new gatehouse.Configuration({ basePath: api.basePath, accessToken: token }));
  check((await visitor.getVisitor()).userId === "ada-ts", "authorizer");
  const keys = new gatehouse.APIKeysApi(api);
  const issued = await keys.issueApiKey({ issueKeyRequest: { ownerId: "program-ts" } });
  check((await keys.verifyApiKey({ verifyKeyRequest: { key: issued.key! } })).apiKey.ownerId === "program-ts", "API key");
  check((await new gatehouse.HealthApi(api).getRedisHealth()).connected, "health");
}

async function gatehouseClaim(claim: gatehouse.CreateClaimRequest): Promise<gatehouse.ClaimGrantedResponse> {
  const granted = await idempotency.claim({ claimBody: claim });
  if (!("attempt" in granted)) throw new Error("not granted");
  return granted;
}

async function outage(): Promise<void> {
  const unknown = await refusal(idempotency.claim({ claimBody: { key: "order-of-outage" } }), 503);
  check(unknown.headers.has("Retry-After") && unknown.problem.owner.length === 22, "no owner to repeat with");
  const limit = { name: "outage-ts", subject: "ada", limit: 1, windowSeconds: 3600 };
  check((await limits.checkRateLimits({ checkRequest: { limits: [limit] } })).degraded, "not degraded");
}

await (process.argv[2] === "outage" ? outage() : calls());
console.log("passed");
