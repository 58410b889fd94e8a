/** What the server says, as docs/protocol.md has it. Types only: no browser loads this file. */

export type Status = "bot" | "waiting" | "assigned" | "resolved";
export type Priority = "low" | "normal" | "high" | "urgent";
export type Label = "negative" | "neutral" | "positive";
export type Reason =
  | "customer_request"
  | "missing_knowledge"
  | "negative_sentiment"
  | "repeated_failure"
  | "unsupported_request"
  | "policy_restriction"
  | "tool_failure"
  | "agent_joined";

export interface Author {
  kind: "customer" | "assistant" | "agent" | "system";
  id: string | null;
  name: string | null;
}

export interface Button {
  id: string;
  title: string;
}

export interface Match {
  article_id: string;
  question: string;
  confidence: number;
  score: number;
}

export interface Evidence {
  message_id: string;
  text: string;
  polarity: number | null;
  note: string | null;
}

/** The body of an event; which fields are there depends on the event's type. */
export interface Body {
  text?: string;
  buttons?: Button[];
  kind?: string;
  article_id?: string | null;
  client_message_id?: string | null;
  replies_to?: number | null;
  wants_contact?: boolean;
  suppressed?: boolean;
  utterance_seq?: number;
  state?: string;
  error_code?: string | null;
  duration_ms?: number;
  intent?: string | null;
  confidence?: number | null;
  outcome?: string | null;
  article_ranking?: Match[];
  decision?: string | null;
  reason?: string | null;
  rule?: string | null;
  evidence?: Evidence[];
  model_id?: string | null;
  message_seq?: number;
  polarity?: number | null;
  label?: Label | null;
  frustration?: number | null;
  words?: { word: string; weight: number }[];
  needs?: Record<string, number> | null;
  handoff_id?: string;
  reference?: string;
  priority?: Priority;
  position?: number | null;
  waited_s?: number;
  until?: string;
  expected_wait_s?: number | null;
  agent?: { id: string; name: string } | null;
  email?: string | null;
  name?: string | null;
  score?: number;
  comment?: string | null;
  subject?: string | null;
  fields?: Record<string, unknown>;
}

export interface Event {
  conversation_id: string;
  seq: number;
  type: string;
  author: Author;
  at: string;
  body: Body;
}

export interface EventPage {
  events: Event[];
  last_seq: number;
  status: Status;
  epoch: string;
}

export interface WidgetConfig {
  business: { name: string; tagline: string };
  greeting: string;
  brand: string;
  suggestions: string[];
  availability: { open: boolean; agents_online: number; next_opening: string | null; text: string };
  privacy_url: string | null;
}

export interface NewConversation {
  conversation_id: string;
  token: string;
  epoch: string;
  events: Event[];
}

export interface Staff {
  id: string;
  name: string;
  email: string;
  role: "agent" | "owner";
}

export interface Session {
  staff: Staff;
  csrf: string;
}

export interface Handoff {
  id: string;
  reference: string;
  reason: Reason;
  rule: string | null;
  evidence: Evidence[];
  requested_at: string;
  priority: Priority;
}

export interface Summary {
  id: string;
  status: Status;
  priority: Priority;
  assignee: { id: string; name: string } | null;
  owner_version: number;
  created_at: string;
  updated_at: string;
  last_seq: number;
  last_message: { text: string; author_kind: Author["kind"]; at: string } | null;
  waiting_since: string | null;
  snoozed_until: string | null;
  handoff: Handoff | null;
  sentiment: { polarity: number | null; label: Label | null } | null;
  contact: { email: string | null; name: string | null } | null;
  page_url: string | null;
}

export interface Candidate {
  article_id: string;
  question: string;
  confidence: number;
  /** Null when the article is gone since. */
  answer: string | null;
}

export interface Why {
  reason: Reason | null;
  rule: string | null;
  evidence: Evidence[];
}

export interface Brief extends Why {
  /** Of the last handoff that ended, while none is open. */
  previous: Why | null;
  last_question: string | null;
  candidates: Candidate[];
  sentiment_trend: { seq: number; polarity: number | null; label: Label | null }[];
  answered: number[];
}

export interface Article {
  id: string;
  topic: string;
  question: string;
  also_asked: string[];
  tags: string[];
  locale: string;
  review_by: string | null;
  escalate: "auto" | "always" | "never";
  buttons: { title: string; article: string | null; url: string | null }[];
  version: string;
  state: "live" | "changed" | "new" | "removed";
  path: string;
  /** Only when one article is read. */
  answer?: string;
}

export interface FileProblem {
  file: string;
  line: number | null;
  message: string;
  severity?: "error" | "warning";
}

export interface ArticleList {
  articles: Article[];
  problems: FileProblem[];
  live_model: { model_id: string; trained_at: string } | null;
}

export interface Publication {
  id: string;
  state: "queued" | "training" | "checking" | "swapping" | "live" | "failed";
  requested_at?: string;
  started_at: string | null;
  finished_at: string | null;
  error: string | null;
  /** What was said literally, where `error` says it in plain words. */
  error_detail?: string | null;
  problems?: FileProblem[];
  summary: { articles?: number; seconds?: number; rollback?: boolean; checks?: Checks } | null;
  model_id: string | null;
  changed_answers: ChangedAnswer[] | null;
  /** In lists: its model is still there to go back to. */
  kept?: boolean;
}

/** What was looked at before a model went live; none of it holds it back. */
export interface Checks {
  warnings?: { code: string; message: string; file: string | null; line: number | null }[];
  /** Phrases of articles nobody edited, and how many of them are answered otherwise now. */
  churn?: { asked: number; changed: number };
}

/** A test question that the new model answers with another article than the one before. */
export interface ChangedAnswer {
  text: string;
  before: string | null;
  after: string | null;
  worse: boolean;
}

export interface Endpoint {
  id: string;
  kind: "webhook" | "slack" | "email" | "amqp";
  url: string;
  event_types: string[];
  state: "active" | "resting" | "disabled";
  failures: number;
  opens_again_at: string | null;
  disabled_reason: string | null;
  previous_secret_until: string | null;
  last_error?: string | null;
  deliveries: { pending: number; leased: number; delivered: number; dead: number };
}

export interface Delivery {
  id: string;
  endpoint_id: string;
  type: string;
  conversation_id: string | null;
  state: "pending" | "leased" | "delivered" | "dead";
  tries: number;
  next_at: string | null;
  reason: string | null;
  created_at: string;
}

/** Words of customers that were not simply answered. */
export interface Question {
  kind: "fallback" | "clarify" | "unhelpful";
  text: string;
  count: number;
  first_at: string;
  last_at: string;
  language: string | null;
  latest: { conversation_id: string; seq: number };
  /** What an agent replied to it, where one did. */
  answered_by: { conversation_id: string; seq: number; name: string | null } | null;
  candidates: { article_id: string; question: string; confidence: number }[];
  choices: {
    title: string;
    article_id: string | null;
    intent: string | null;
    offered: number;
    chosen: number;
  }[];
  refused: number;
  passed_over: number;
}

export interface Feedback {
  since: string;
  outcomes: { answer: number; clarify: number; fallback: number };
  complete: boolean;
  total: number;
  questions: Question[];
}

export interface Correction {
  id: string;
  kind: "wrong_mood" | "needless_handoff" | "too_late";
  label: Label | null;
  text: string | null;
  conversation_id: string;
  given_by: { id: string; name: string | null };
  created_at: string;
}

/** Somebody who was invited and has not come yet. */
export interface Invitation {
  id: string;
  name: string | null;
  email: string;
  role: Staff["role"];
  created_at: string;
  expires_at: string;
}

/** A reply that an agent proposes as an article. */
export interface Proposal {
  id: string;
  question: string | null;
  answer: string;
  conversation_id: string;
  message_seq: number;
  given_by: { id: string; name: string | null };
  created_at: string;
}

export interface Account extends Staff {
  disabled?: boolean;
}

/** A frame of the feed; which fields are there depends on the frame's type. */
export interface Frame {
  type: string;
  epoch?: string;
  last_seq?: number;
  status?: Status;
  event?: Event;
  conversation_id?: string;
  author?: Author;
  on?: boolean;
  what?: "reading" | "writing" | "gone";
  retry_after_s?: number;
  conversations?: Summary[];
  conversation?: Summary;
  publication?: Publication;
}

/** One conversation that other thresholds would change. */
export interface EffectLine {
  id: string;
  message_id: string;
  turn: number;
  turn_before: number | null;
  turns: number;
  text: string;
  at: number | null;
  reason: Reason | null;
  rule: string | null;
  marks: string[];
}

type Changes =
  "newly_escalating" | "no_longer_escalating" | "moved" | "newly_offering" | "no_longer_offering";

/** What other thresholds would change, as `POST /api/owner/escalation/simulation` answers. */
export type Effect = Record<Changes, EffectLine[]> & {
  conversations: number;
  turns: number;
  days: number | null;
  is_complete: boolean;
  handoffs_before: number;
  handoffs_after: number;
  offers_before: number;
  offers_after: number;
  extra_handoffs_per_day: number | null;
  changed: Record<Changes, number>;
  marked: { needless: number; needless_spared: number; too_late: number; too_late_earlier: number };
};

/** How long conversations are kept and what was deleted, as `GET /api/owner/privacy` answers. */
export interface Privacy {
  version: number;
  days: number;
  default_days: number;
  most_days: number;
  history: { version: number; days: number; saved_by: { id: string; name: string }; saved_at: string }[];
  conversations: number;
  oldest_at: string | null;
  erased: {
    conversation_id: string;
    reason: "retention" | "owner" | "customer";
    erased_by: string | null;
    erased_at: string;
  }[];
  masking: boolean;
  privacy_url: string | null;
}

/** A conversation in which a customer's address occurs. */
export interface Kept {
  id: string;
  status: Status;
  contact: { email: string; name: string | null } | null;
  /** Whether the customer gave the address as their own. */
  gave: boolean;
  events: number;
  created_at: string;
  updated_at: string;
}

/** The escalation thresholds, as `GET /api/owner/escalation` answers. */
export interface Escalation {
  version: number;
  thresholds: Record<string, any>;
  settings: { name: string; default: any; least?: number; most?: number; help: string }[];
  history: {
    version: number;
    thresholds: Record<string, any>;
    saved_by: { id: string; name: string };
    saved_at: string;
  }[];
}
