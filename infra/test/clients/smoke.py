# SPDX-License-Identifier: Apache-2.0
"""Calls every capability by the generated client, and each kind of refusal. After "outage", Redis is down."""

import json
import os
import sys
from datetime import datetime

import gatehouse_client as gatehouse

API = gatehouse.ApiClient(gatehouse.Configuration(host=os.environ["GATEHOUSE_URL"], api_key={"ApiKey": os.environ["KEY"]}))
IDEMPOTENCY = gatehouse.IdempotencyApi(API)
LIMITS = gatehouse.RateLimitsApi(API)


def refusal(status, method, *arguments):
    """Calls a method that the server refuses with a status; returns the problem and the headers."""
    try:
        method(*arguments)
    except gatehouse.ApiException as error:
        assert error.status == status, error
        assert error.headers["Content-Type"] == "application/problem+json"
        return json.loads(error.body), error.headers
    raise AssertionError(f"a success instead of {status}")


def claim(key):
    return gatehouse.ClaimBody(gatehouse.CreateClaimRequest(key=key))


def check(name):
    limit = gatehouse.LimitRequest(name=name, subject="ada", limit=1, windowSeconds=3600)
    return gatehouse.CheckRequest(limits=[limit])


def calls():
    granted = IDEMPOTENCY.claim(claim("order-py")).actual_instance
    assert granted.attempt == 1 and isinstance(granted.expires_at, datetime)
    problem, headers = refusal(409, IDEMPOTENCY.claim, claim("order-py"))
    assert "Retry-After" in headers and "claimedAt" in problem
    content = {"Content-Type": gatehouse.ResultHeader("text/plain"), "Set-Cookie": gatehouse.ResultHeader(["a=1", "b=2"])}
    result = gatehouse.ResultRequest(status=201, body="done", headers=content)
    completion = gatehouse.CompleteClaimRequest(key="order-py", owner=granted.owner, response=result)
    IDEMPOTENCY.complete_claim(completion)
    assert IDEMPOTENCY.claim(claim("order-py")).actual_instance.response.body == "done"
    entries = [gatehouse.ClaimEntryRequest(key=key) for key in ("order-py", "other-py")]
    several = IDEMPOTENCY.claim(gatehouse.ClaimBody(gatehouse.ClaimAllRequest(claims=entries))).actual_instance
    assert [each.actual_instance.status for each in several.results] == [200, 201]

    assert LIMITS.check_rate_limits(check("smoke-py")).allowed
    _, headers = refusal(429, LIMITS.check_rate_limits, check("smoke-py"))
    for header in ("Retry-After", "RateLimit", "RateLimit-Policy", "X-RateLimit-Remaining"):
        assert header in headers
    policies = gatehouse.PoliciesApi(API)
    policies.put_policy("plan-py", gatehouse.PolicyRequest(algorithm="gcra", limit=5, windowSeconds=60))
    assert policies.get_policy("plan-py").algorithm == "gcra"
    leases = gatehouse.LeasesApi(API)
    lock = {"name": "lock-py", "subject": "ada"}
    acquired = leases.acquire_lease(gatehouse.AcquireRequest(**lock, limit=1, leaseMillis=9000))
    leases.release_lease(gatehouse.ReleaseRequest(**lock, leaseId=acquired.lease_id))

    cache = gatehouse.CacheApi(API)
    key = gatehouse.CacheKey({"model": "small", "prompt": "py"})
    lookup = gatehouse.CacheLookupRequest(entries=[gatehouse.CacheLookupEntryRequest(key=key)])
    lease = cache.lookup_cache(lookup).entries[0].lease
    fill = gatehouse.CacheFillRequest(key=key, value=["answer", 42, None], freshSeconds=60, owner=lease.owner)
    cache.fill_cache(fill)
    found = cache.lookup_cache(lookup).entries[0]
    assert (found.outcome, found.value) == ("fresh", ["answer", 42, None])

    states = gatehouse.WorkflowStateApi(API)
    save = gatehouse.SaveStateRequest(id="order-py", value={"step": 1}, expect=gatehouse.ExpectedVersion("absent"))
    saved = states.save_state(save)
    read = states.read_state(gatehouse.ReadStateRequest(id="order-py"))
    assert (read.version, read.value) == (saved.version, {"step": 1})
    refusal(412, states.save_state, save)

    presence = gatehouse.PresenceApi(API)
    channel = "room:py"
    entry = gatehouse.EnterChannelRequest(channel=channel, userId="ada", connectionId="window-1", info={"mood": "calm"})
    presence.enter_channel(entry)
    member = presence.list_members(gatehouse.ListMembersRequest(channel=channel)).members[0]
    assert (member.user_id, member.info) == ("ada", {"mood": "calm"})
    channels = gatehouse.ChannelsApi(API)
    start = channels.catch_up_with_channel(gatehouse.CatchUpRequest(channel=channel)).at
    keep = gatehouse.KeepRequest(events=10, seconds=60)
    channels.publish_event(gatehouse.PublishRequest(channel=channel, event="message", data={"text": "hello"}, keep=keep))
    missed = channels.catch_up_with_channel(gatehouse.CatchUpRequest(channel=channel, since=start)).events[0]
    assert missed.data == {"text": "hello"} and isinstance(missed.published_at, datetime)

    jobs = gatehouse.JobsApi(API)
    jobs.enqueue_job(gatehouse.EnqueueRequest(queue="mails-py", id="mail-1", payload={"to": "ada"}))
    job = jobs.take_jobs(gatehouse.TakeRequest(queue="mails-py")).jobs[0]
    assert job.payload == {"to": "ada"}
    end = gatehouse.LeaseBody(gatehouse.OneLeaseRequest(queue="mails-py", id=job.id, lease=job.lease))
    assert jobs.complete_jobs(end).actual_instance.outcome == "completed"

    sessions = gatehouse.SessionsApi(API)
    token = sessions.create_session(gatehouse.CreateSessionRequest(userId="ada-py", onLimit="reject")).token
    assert sessions.lookup_session(gatehouse.LookupSessionRequest(token=token)).session.user_id == "ada-py"
    refusal(401, sessions.lookup_session, gatehouse.LookupSessionRequest(token="unknown"))
    configuration = gatehouse.Configuration(host=os.environ["GATEHOUSE_URL"], access_token=token)
    assert gatehouse.ExampleApi(gatehouse.ApiClient(configuration)).get_visitor().user_id == "ada-py"
    keys = gatehouse.APIKeysApi(API)
    issued = keys.issue_api_key(gatehouse.IssueKeyRequest(ownerId="program-py"))
    assert keys.verify_api_key(gatehouse.VerifyKeyRequest(key=issued.key)).api_key.owner_id == "program-py"
    assert gatehouse.HealthApi(API).get_redis_health().connected


def outage():
    problem, headers = refusal(503, IDEMPOTENCY.claim, claim("order-of-outage"))
    assert "Retry-After" in headers and len(problem["owner"]) == 22
    assert LIMITS.check_rate_limits(check("outage-py")).degraded


outage() if sys.argv[1:] == ["outage"] else calls()
print("passed")
