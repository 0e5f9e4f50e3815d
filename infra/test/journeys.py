# SPDX-License-Identifier: Apache-2.0
"""Calls every operation of the OpenAPI document with success, in an order in which each finds what it needs."""

NAME = {"name": "journey", "subject": "ada"}
LIMIT = {**NAME, "limit": 100, "windowSeconds": 60}
PLAN = {"algorithm": "gcra", "limit": 5, "windowSeconds": 60}


def follow(call):
    """Calls `call(operation_id, body, **path_parameters)` for each operation; it returns the body of the response."""
    health(call)
    limits(call)
    claims(call)
    cache(call)
    states(call)
    realtime(call)
    jobs(call)
    keys(call)
    sessions(call)


def health(call):
    call("getHealth")
    for check in ("liveness", "readiness"):
        call("getHealthCheck", check=check)
    call("getRedisHealth")
    call("getDetailedHealth")
    call("getRedisStats")
    call("getFigures")


def limits(call):
    call("checkRateLimits", {"limits": [LIMIT]})
    call("checkRateLimits", {"limits": [{**LIMIT, "cost": 7}], "holdMillis": 60_000, "unsettled": "return", "holdId": "held"})
    call("settleRateLimit", {**LIMIT, "holdId": "held", "actual": 3})
    call("refundRateLimits", {"limits": [LIMIT]})
    call("resetRateLimit", LIMIT)
    call("putPolicy", PLAN, name="journey-plan")
    call("getPolicy", name="journey-plan")
    call("listPolicies")
    call("putPolicyOverride", {**PLAN, "subject": "grace"}, name="journey-plan")
    call("listPolicyOverrides", {}, name="journey-plan")
    call("deletePolicyOverride", {"subject": "grace"}, name="journey-plan")
    call("deletePolicy", name="journey-plan")
    lease = {**NAME, "leaseId": call("acquireLease", {**NAME, "limit": 2, "leaseMillis": 60_000})["leaseId"]}
    call("extendLease", {**lease, "leaseMillis": 90_000})
    call("inspectLeases", NAME)
    call("releaseLease", lease)
    call("resetLeases", NAME)


def claims(call):
    claim = {"key": "journey"}
    owned = {**claim, "owner": call("claim", {**claim, "leaseMillis": 60_000})["owner"]}
    call("extendClaim", {**owned, "leaseMillis": 90_000})
    call("inspectClaim", claim)
    call("completeClaim", {**owned, "response": {"status": 201, "headers": {"ETag": '"1"', "Link": ["a", "b"]}, "body": "done"}})
    call("claim", claim)
    call("inspectClaim", claim)
    call("invalidateClaim", claim)
    call("releaseClaim", {**claim, "owner": call("claim", claim)["owner"]})
    call("claim", {"claims": [claim, {"key": "journey-2"}]})


def cache(call):
    entry = {"key": {"model": "small"}, "scope": "journey"}
    owned = {**entry, "owner": call("lookupCache", {"entries": [entry]})["entries"][0]["lease"]["owner"]}
    call("fillCache", {**owned, "value": ["answer", 42, None], "freshSeconds": 60, "tags": ["tag"]})
    call("putCache", {**entry, "value": None, "freshSeconds": 60})
    call("lookupCache", {"entries": [entry, {**entry, "key": "other"}]})
    call("invalidateCache", {"scope": "journey", "all": True})
    lease = call("lookupCache", {"entries": [{**entry, "key": "third"}]})["entries"][0]["lease"]
    call("releaseCache", {**entry, "key": "third", "owner": lease["owner"]})


def states(call):
    state = {"id": "journey", "group": "journeys"}
    call("saveState", {**state, "expect": "absent", "value": {"step": 1}})
    call("readState", state)
    fenced = {**state, "fence": call("claimState", state)["fence"]}
    call("extendStateClaim", {**fenced, "leaseMillis": 90_000})
    call("mergeState", {**fenced, "expect": "any", "members": {"step": 2}})
    call("releaseStateClaim", fenced)
    call("saveStates", {"group": "journeys", "saves": [{"id": "journey-2", "expect": "absent", "value": {}}]})
    call("listStates", {"group": "journeys"})
    call("deleteState", {**state, "expect": "any"})


def realtime(call):
    channel = {"channel": "room:journey"}
    connection = {**channel, "userId": "ada", "connectionId": "window-1"}
    call("enterChannel", {**connection, "info": {"mood": "calm"}})
    call("reportTyping", {**connection, "typing": True})
    call("listMembers", channel)
    start = call("catchUpWithChannel", channel)["at"]
    event = {**channel, "event": "message", "data": {"text": "hello"}, "keep": {"events": 10, "seconds": 60}}
    call("publishEvent", event)
    call("catchUpWithChannel", {**channel, "since": start})
    call("leaveChannel", connection)


def jobs(call):
    queue = {"queue": "journey"}

    def taken():
        job = call("takeJobs", queue)["jobs"][0]
        return {"id": job["id"], "lease": job["lease"]}

    call("enqueueJob", {**queue, "id": "job-1", "payload": [1, None]})
    call("inspectJob", {**queue, "id": "job-1"})
    call("countJobs", queue)
    call("listJobs", {**queue, "state": "due"})
    job = taken()
    call("extendJobs", {**queue, **job, "leaseMillis": 60_000})
    call("extendJobs", {**queue, "jobs": [job, {**job, "id": "unknown"}]})
    call("giveBackJobs", {**queue, **job})
    call("failJobs", {**queue, **taken(), "dead": True, "reason": "a test"})
    call("listDeadJobs", queue)
    call("redriveJobs", {**queue, "ids": ["job-1"]})
    job = taken()
    call("completeJobs", {**queue, "jobs": [job, {**job, "id": "unknown"}]})
    call("enqueueJob", {**queue, "id": "job-2", "payload": None})
    call("completeJobs", {**queue, **taken()})
    call("enqueueJob", {**queue, "id": "job-3", "payload": {}, "delayMillis": 60_000})
    call("cancelJob", {**queue, "id": "job-3"})
    call("leaveQueue", {**queue, "drainer": "journey"})


def keys(call):
    owner = {"ownerId": "program"}
    issued = call("issueApiKey", {**owner, "scopes": ["read"]})
    call("verifyApiKey", {"key": issued["key"], "scopes": ["read"], "limits": [{"name": "calls", "limit": 5, "windowSeconds": 60}]})
    call("listApiKeys", owner)
    call("patchApiKey", {"name": "renamed"}, id=issued["apiKey"]["id"])
    rotated = call("rotateApiKey", {"id": issued["apiKey"]["id"]})
    call("revokeApiKey", id=rotated["apiKey"]["id"])


def sessions(call):
    user = {"userId": "ada-journey"}
    created = call("createSession", {**user, "device": {"name": "phone"}, "attributes": {"theme": "dark"}})
    call("lookupSession", {"token": created["token"]})
    call("patchSession", {"attributes": {"theme": None}}, id=created["session"]["id"])
    rotated = call("rotateSession", {"token": created["token"]})
    elevated = call("elevateSession", {"token": rotated["token"], "level": "strong", "seconds": 60})
    call("getVisitor", token=elevated["token"])
    call("listSessions", user)
    call("revokeSession", id=elevated["session"]["id"])
    call("revokeUser", user)
