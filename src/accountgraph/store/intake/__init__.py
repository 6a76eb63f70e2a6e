"""What came in from outside, as it was."""

from accountgraph.store.intake.payloads import (
    Payload,
    PayloadRepository,
    PayloadState,
    StoredPayload,
    digest_of,
    without_credentials,
)

__all__ = ["Payload", "PayloadRepository", "PayloadState", "StoredPayload", "digest_of", "without_credentials"]
