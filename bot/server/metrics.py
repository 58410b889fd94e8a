"""What the server counts, for Prometheus. Labels come from fixed words, never from what people send."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

EVENTS = Counter("frontdesk_events_total", "Events recorded.", ["type"], registry=REGISTRY)
TURNS = Counter("frontdesk_turns_total", "Turns ended.", ["state", "error_code"], registry=REGISTRY)
TURN_SECONDS = Histogram(
    "frontdesk_turn_seconds",
    "From the acceptance of an utterance to its recorded answer.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 10),
    registry=REGISTRY,
)
TURNS_RUNNING = Gauge("frontdesk_turns_running", "Turns that run now.", registry=REGISTRY)
ENGINE_DEATHS = Counter("frontdesk_engine_deaths_total", "Times the engine died during a turn.", registry=REGISTRY)
QUARANTINED = Counter(
    "frontdesk_conversations_quarantined_total", "Conversations kept from the engine.", registry=REGISTRY
)
BREAKER_OPEN = Gauge("frontdesk_breaker_open", "1 while the engine's circuit is not closed.", registry=REGISTRY)
SUPPRESSED = Counter(
    "frontdesk_replies_suppressed_total",
    "Replies kept from a customer whose conversation changed hands.",
    registry=REGISTRY,
)
STALE_TURNS = Counter(
    "frontdesk_turns_stale_total",
    "Answers that came after another server had taken the turn.",
    registry=REGISTRY,
)
HANDOFFS = Counter("frontdesk_handoffs_total", "Handoffs opened.", ["reason", "source"], registry=REGISTRY)
REMINDERS = Counter("frontdesk_reminders_total", "Handoffs that nobody claimed in time.", registry=REGISTRY)
ERASED = Counter("frontdesk_conversations_erased_total", "Conversations deleted.", ["reason"], registry=REGISTRY)
SERVERS = Gauge("frontdesk_servers", "Servers that live on this store, where several may.", registry=REGISTRY)
REDIS_UP = Gauge("frontdesk_redis_up", "1 while news between servers comes over Redis.", registry=REGISTRY)
SOCKETS = Gauge("frontdesk_sockets", "Open feeds.", registry=REGISTRY)
SLOW_READERS = Counter("frontdesk_slow_readers_total", "Feeds cut because they did not read.", registry=REGISTRY)
REFUSED = Counter("frontdesk_refused_total", "Requests refused.", ["code"], registry=REGISTRY)
CLOSED = Counter("frontdesk_feeds_closed_total", "Feeds closed by the server.", ["code"], registry=REGISTRY)
REQUESTS = Histogram(
    "frontdesk_request_seconds",
    "Requests by route template and status.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
    registry=REGISTRY,
)
WEBHOOKS = Counter("frontdesk_webhooks_received_total", "Webhooks received.", ["outcome"], registry=REGISTRY)
