# SPDX-License-Identifier: Apache-2.0
"""A LangGraph checkpointer on workflow states: one state for each thread, and one writer that a claim protects.

A checkpoint is a member of the state, so putting one is a merge with the version that was read: no writer overwrites what it
has not seen. A writer that has claimed the thread passes its fence too, and is refused once another has taken over.

Needs langgraph-checkpoint. GATEHOUSE_URL and KEY name the server and its API key.
"""

import asyncio
import base64
import json
import os
import urllib.error
import urllib.request
import uuid

from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    CheckpointTuple,
    get_checkpoint_id,
    get_checkpoint_metadata,
)

CHECKPOINT, BLOB, WRITE = "checkpoint", "blob", "write"


class WriterHeld(Exception):
    """Another writer has claimed the thread."""


class WriterLost(Exception):
    """Another writer has taken the thread over. This one must stop."""


class GatehouseSaver(BaseCheckpointSaver):
    """Keeps the checkpoints of a thread, up to 200 KiB together, for a day after the last one."""

    def __init__(self, url=None, key=None, group="langgraph", ttl_seconds=86_400):
        super().__init__()
        self.url = url or os.environ.get("GATEHOUSE_URL", "http://localhost:8080")
        self.key = key or os.environ["KEY"]
        self.group = group
        self.ttl_seconds = ttl_seconds
        self.fences = {}

    # Ownership

    def claim(self, thread_id, lease_millis=30_000, take_over=False):
        """Makes this saver the writer of the thread; raises WriterHeld while another is."""
        # A repetition after a lost response gets the same fence.
        owner = uuid.uuid4().hex
        claimed = self._call("claim", thread_id, owner=owner, leaseMillis=lease_millis, takeOver=take_over)
        self.fences[thread_id] = claimed["fence"]

    def extend(self, thread_id, lease_millis=30_000):
        self._call("claim/extend", thread_id, fence=self.fences[thread_id], leaseMillis=lease_millis)

    def release(self, thread_id):
        """Lets others claim the thread. No effect on the claim of another."""
        self._call("claim/release", thread_id, fence=self.fences.pop(thread_id))

    # Checkpoints

    def put(self, config, checkpoint, metadata, new_versions):
        thread, namespace = _place(config)
        values = checkpoint.get("channel_values", {})
        content = {name: value for name, value in checkpoint.items() if name != "channel_values"}
        members = {
            _name(CHECKPOINT, namespace, checkpoint["id"]): {
                "checkpoint": self._dump(content),
                "metadata": self._dump(get_checkpoint_metadata(config, metadata)),
                "parent": config["configurable"].get("checkpoint_id"),
            }
        }
        for channel, version in new_versions.items():
            blob = self._dump(values[channel]) if channel in values else None
            members[_name(BLOB, namespace, channel, str(version))] = [blob]
        self._merge(thread, lambda _: members)
        return _config(thread, namespace, checkpoint["id"])

    def put_writes(self, config, writes, task_id, task_path=""):
        thread, namespace = _place(config)
        checkpoint_id = config["configurable"]["checkpoint_id"]

        def members(present):
            changed = {}
            for index, (channel, value) in enumerate(writes):
                index = WRITES_IDX_MAP.get(channel, index)
                name = _name(WRITE, namespace, checkpoint_id, task_id, str(index))
                if index < 0 or name not in present:
                    changed[name] = [task_path, task_id, index, channel, self._dump(value)]
            return changed

        self._merge(thread, members)

    def get_tuple(self, config):
        thread, namespace = _place(config)
        members = self._read(thread)[1]
        checkpoint_id = get_checkpoint_id(config) or max(_ids(members, namespace), default=None)
        return self._tuple(thread, namespace, checkpoint_id, members)

    def list(self, config, *, filter=None, before=None, limit=None):
        for thread in [config["configurable"]["thread_id"]] if config else self._threads():
            members = self._read(thread)[1]
            wanted = config["configurable"].get("checkpoint_ns") if config else None
            spaces = {json.loads(name)[1] for name in members if json.loads(name)[0] == CHECKPOINT}
            for namespace in sorted(spaces if wanted is None else {wanted}):
                for checkpoint_id in sorted(_ids(members, namespace), reverse=True):
                    if limit is not None and limit <= 0:
                        return
                    if config and get_checkpoint_id(config) not in (None, checkpoint_id):
                        continue
                    if before and checkpoint_id >= get_checkpoint_id(before):
                        continue
                    found = self._tuple(thread, namespace, checkpoint_id, members)
                    if all(found.metadata.get(name) == value for name, value in (filter or {}).items()):
                        limit = limit and limit - 1
                        yield found

    def delete_thread(self, thread_id):
        self._call("delete", thread_id, expect="any", **self._fence(thread_id))

    async def aput(self, *args):
        return await asyncio.to_thread(self.put, *args)

    async def aput_writes(self, config, writes, task_id, task_path=""):
        return await asyncio.to_thread(self.put_writes, config, writes, task_id, task_path)

    async def aget_tuple(self, config):
        return await asyncio.to_thread(self.get_tuple, config)

    async def alist(self, config, **options):
        for found in await asyncio.to_thread(lambda: [*self.list(config, **options)]):
            yield found

    async def adelete_thread(self, thread_id):
        await asyncio.to_thread(self.delete_thread, thread_id)

    # The state of a thread

    def _merge(self, thread, change):
        """Merges what `change` makes of the members; again if another write came between."""
        while True:
            version, present = self._read(thread)
            merged = self._call(
                "merge",
                thread,
                expect=version or "absent",
                members=change(present),
                ttlSeconds=self.ttl_seconds,
                # A repetition after a lost response changes nothing and has the first response.
                saveId=uuid.uuid4().hex,
                **self._fence(thread),
            )
            if merged:
                return

    def _read(self, thread):
        state = self._call("read", thread)
        return (state["version"], state["value"]) if state else (None, {})

    def _threads(self):
        before = None
        while True:
            page = self._post("list", {"group": self.group, "before": before})
            yield from (state["id"] for state in page["states"])
            before = page["next"]
            if before is None:
                return

    def _fence(self, thread):
        return {"fence": self.fences[thread]} if thread in self.fences else {}

    def _call(self, operation, thread, **members):
        return self._post(operation, {"group": self.group, "id": thread, **members})

    def _post(self, operation, body):
        """Returns the response; None for an unknown state and for one with another version."""
        request = urllib.request.Request(
            f"{self.url}/v1/states/{operation}",
            json.dumps(body).encode(),
            {"X-Api-Key": self.key, "Content-Type": "application/json"},
        )
        for attempt in range(3):
            try:
                with urllib.request.urlopen(request, timeout=10) as response:
                    return json.loads(response.read() or "{}")
            except urllib.error.HTTPError as error:
                problem = json.load(error)
                match problem["type"].rpartition(":")[2]:
                    case "state-unknown" | "version-mismatch":
                        return None
                    case "writer-held":
                        raise WriterHeld(f"claimed by {problem['heldBy']} until {problem['leaseExpiresAt']}") from None
                    case "writer-lost":
                        raise WriterLost(problem["detail"]) from None
                    case "store-unavailable" if attempt < 2:
                        continue
                raise

    def _tuple(self, thread, namespace, checkpoint_id, members):
        stored = members.get(_name(CHECKPOINT, namespace, checkpoint_id)) if checkpoint_id else None
        if stored is None:
            return None
        checkpoint = self._load(stored["checkpoint"])
        values = {}
        for channel, version in checkpoint["channel_versions"].items():
            (blob,) = members.get(_name(BLOB, namespace, channel, str(version)), [None])
            if blob:
                values[channel] = self._load(blob)
        writes = sorted(
            (member for name, member in members.items() if json.loads(name)[:3] == [WRITE, namespace, checkpoint_id]),
            key=lambda write: write[:3],
        )
        return CheckpointTuple(
            config=_config(thread, namespace, checkpoint_id),
            checkpoint={**checkpoint, "channel_values": values},
            metadata=self._load(stored["metadata"]),
            parent_config=_config(thread, namespace, stored["parent"]) if stored["parent"] else None,
            pending_writes=[(task, channel, self._load(value)) for _, task, _, channel, value in writes],
        )

    def _dump(self, value):
        kind, content = self.serde.dumps_typed(value)
        return [kind, base64.b64encode(content).decode()]

    def _load(self, dumped):
        kind, content = dumped
        return self.serde.loads_typed((kind, base64.b64decode(content)))


def _place(config):
    return config["configurable"]["thread_id"], config["configurable"].get("checkpoint_ns", "")


def _config(thread, namespace, checkpoint_id):
    return {"configurable": {"thread_id": thread, "checkpoint_ns": namespace, "checkpoint_id": checkpoint_id}}


def _name(*parts):
    return json.dumps(parts)


def _ids(members, namespace):
    return [parts[2] for parts in map(json.loads, members) if parts[:2] == [CHECKPOINT, namespace]]
