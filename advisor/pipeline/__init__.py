"""The conductor: calls the stages in their order and decides nothing itself.

    Poller:  claim_due → fetch → read → (full text) → detect → accept{decide, owe} → hand to a sender
    Due: which sources are claimed next, and what the database refused and is polled again
    Rereader: articles_since → detect → reread{decide, owe} → wake, once after a rules upgrade
    Dispatch: threads that send, straight from a poll or from the outbox
    Sender:  claim_deliveries → render → begin → send → finish
    Attention: which sources are asked sooner or more often, because a call is open
    Readers: the processes in which documents are read, and what is done when one hangs
    Warden:  what the operator must hear: sources gone bad, messages that could not be delivered

`holder` names the process that holds a lease. `service` builds all of it and keeps it running, `daemon`
starts it under a supervisor; `replay` runs the first one over the past.
"""

from advisor.pipeline.attention import Attention
from advisor.pipeline.poller import Poller
from advisor.pipeline.readers import Readers
from advisor.pipeline.rereader import Rereader
from advisor.pipeline.sender import Sender
from advisor.pipeline.warden import Warden

__all__ = ["Attention", "Poller", "Readers", "Rereader", "Sender", "Warden"]
