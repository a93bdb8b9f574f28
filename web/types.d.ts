/** The API's JSON as the pages see it; mirrors server/api/types.py. */

export type Words = Record<string, string>;
export type Role = 'kiosk' | 'display' | 'staff';
export type TurnState =
  | 'waiting'
  | 'called'
  | 'serving'
  | 'held'
  | 'done'
  | 'no_show'
  | 'cancelled'
  | 'transferred'
  | 'expired'
  | 'closed';
export type CounterState = 'closed' | 'open' | 'break';
export type Priority = 'regular' | 'priority';

export interface Estimate {
  low_minutes: number;
  high_minutes: number;
}

export interface Service {
  id: string;
  code: string;
  prefix: string;
  name: string;
  names: Words;
  open: boolean;
  waiting: number;
  estimate: Estimate | null;
  agency: string | null;
  requirements: Record<string, string[]>;
  target_minutes: number;
  paused: boolean;
  notice: string | null;
  /** The notice in each language it was given in. */
  notices?: Words;
  /** Name of a drawing of kiosk/static/pictures.js, or nothing. */
  picture?: string;
  /** When serving begins today, while numbers are given before it. */
  starts?: string | null;
  next_opening: string | null;
  reason: 'paused' | 'quota' | 'last_ticket' | 'closed' | null;
  open_until?: string | null;
  /** Appointments of today whose time has not come. */
  later?: number;
  /** The times of those appointments, the earliest first. */
  booked?: string[];
  /** How many numbers the day's quota leaves; null without a quota. */
  left?: number | null;
}

export interface Agency {
  code: string;
  name: string;
  names: Words;
}

export interface Branch {
  code: string;
  name: string;
  zone: string;
  zone_label: string;
  languages: string[];
}

export interface ServiceList {
  services: Service[];
  agencies: Agency[];
  branch: Branch;
}

export interface CurrentTicket {
  ticket: string;
  label: string;
  service: string;
  state: TurnState;
  called_at: string | null;
  started_at: string | null;
  recalls: number;
}

export interface Counter {
  id: string;
  number: number;
  name: string;
  names: Words;
  state: CounterState;
  services: string[];
  current: CurrentTicket | null;
  /** when a break is meant to end */
  until: string | null;
}

export interface RecentCall {
  seq: number;
  at: string;
  ticket: string;
  label: string;
  service: string;
  counter: string;
  number: number;
  recall: boolean;
  /** which repeat it is; 0 for the call itself */
  recalls?: number;
  /** the visitor's, when it is not the office's first */
  language?: string | null;
}

/** `GET /api/queue`, and the first message on the event socket. */
export interface Queue {
  type: 'snapshot';
  seq: number;
  /** The log that `seq` counts in; another one after a restore. */
  history?: string;
  at: string;
  day: string;
  version: string;
  branch: Branch;
  services: Service[];
  agencies?: Agency[];
  /** running text of the office */
  notice?: string | null;
  counters: Counter[];
  recent_calls: RecentCall[];
  /** a line of text for all displays, until `notice_until` if that is given */
  notice_until: string | null;
  /** from this moment on another business day counts */
  day_ends?: string;
}

export interface CounterPlace {
  id: string;
  number: number;
  name: string;
}

export interface Ticket {
  id: string;
  label: string;
  service: string;
  service_name: string;
  state: TurnState;
  priority: Priority;
  language: string;
  people: number;
  ahead: number;
  estimate: Estimate | null;
  issued_at: string;
  tracking_url: string;
  print: { state: 'queued' | 'no_printer'; printer: string | null };
  counter: CounterPlace | null;
  called_at: string | null;
  started_at: string | null;
  wait_s: number | null;
  service_s: number | null;
  recalls: number;
  hold_reason: string | null;
  note: string | null;
  rule: string | null;
  why: string | null;
  hold_until: string | null;
  due: string | null;
  attended?: boolean;
}

export interface TicketLine {
  id: string;
  label: string;
  service: string;
  state: TurnState;
  priority: Priority;
  language: string;
  people: number;
  since: string;
  counter: string | null;
  hold_reason: string | null;
  hold_until: string | null;
  due: string | null;
}

export interface TicketList {
  tickets: TicketLine[];
  more: boolean;
}

export interface StaffCounter {
  id: string;
  number: number;
  name: string;
  state: CounterState;
  services: string[];
  holder: string | null;
  mine: boolean;
  reason: string | null;
  since: string | null;
  current: Ticket | null;
  until: string | null;
  can_offer: string[];
  /** the latest call was shown but not spoken: others were, or the screen has no sound */
  unheard?: 'unvoiced' | 'mute' | null;
}

/** What the counter page offers and says; empty texts mean the page's own. */
export interface DeskSettings {
  policy: { name: 'fair' | 'priority' | 'weighted' | 'target'; priority_cap: number; slot_cap: number };
  break_reasons: Words[];
  hold_reasons: Words[];
  call_reasons: Words[];
  greeting: Words;
  apology: Words;
  closing: Words;
  farewell: Words;
  outcomes: Record<string, { code: string; names: Words }[]>;
  undo_seconds: number;
  auto_call_seconds: number;
  max_recalls: number;
  recall_gap_seconds: number;
  directs: boolean;
  skills: string[] | null;
}

export interface CounterList {
  counters: StaffCounter[];
}

export interface Totals {
  day: string;
  tickets: number;
  people: number;
  waiting: number;
  serving: number;
  served: number;
  no_show: number;
  cancelled: number;
  transferred: number;
  expired: number;
  wait_mean_s: number | null;
  wait_p50_s: number | null;
  wait_p90_s: number | null;
  service_mean_s: number | null;
  longest_waiting_s: number | null;
  within_target: number | null;
}

export interface Person {
  role: string;
  name: string;
  login: string | null;
  branch: Branch;
}

export interface DevicePaired {
  role: string;
  name: string;
}

export interface Track {
  label: string;
  service: string;
  state: TurnState;
  ahead: number;
  estimate: Estimate | null;
  counter: CounterPlace | null;
  updated_at: string;
  called_at: string | null;
  office: string;
  requirements: string[];
  language: string;
  zone: string;
  zone_label: string;
  due_at: string | null;
  not_yet: boolean;
  attended: boolean;
  starts: string | null;
}

/** A call for a person at a kiosk (`GET /api/help`). */
export interface Help {
  id: string;
  place: string;
  at: string;
  taken: boolean;
  seconds: number | null;
}

/** A ticket printer and how it is (`GET /api/printers`). */
export interface Printer {
  id: string;
  name: string;
  kind: string;
  kiosk: string | null;
  state: string;
  words: string;
  waiting: number;
  printed: number;
  failed: number;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  field?: string;
  state?: string;
  wanted?: string;
  next_opening?: string;
}

/**
 * One event of the feed (server/domain/events.py, without its secret fields). Fields at their
 * default are left out, so only `seq`, `at` and `kind` are sure to be there.
 */
export interface HallEvent {
  type: 'event';
  seq: number;
  at: string | number;
  kind: string;
  ticket?: string;
  leg?: number;
  label?: string;
  service?: string;
  priority?: Priority;
  was?: string;
  state?: string;
  /** an object in `called`, `recalled`, `counter_changed`; an id in the other turn events */
  counter?: string | { id: string; number: number; names?: Words };
  number?: number;
  recalls?: number;
  /** `called`, `recalled`: the visitor's, when it is not the office's first */
  language?: string;
  services?: string[];
  notice?: string;
  notices?: Words;
  until?: number | string;
  /** Time of an appointment, milliseconds since 1970: of the turn that begins, of the one that moves. */
  due?: number;
  booked?: number;
  /** `called`: the visitor sits there already, for one more service; nobody is told */
  seated?: boolean;
  /** The one counter that may call it: of the turn that moves, of the next leg. */
  sent_to?: string;
  to_counter?: string;
  to_service?: string;
  /** `print_failed`: what went wrong; `print_moved`: the printer that takes over; `help_...`: where */
  error?: string;
  place?: string;
  help?: string;
  final?: boolean;
  day?: string;
}

/** What one lobby screen shows (display/screens.py). */
export interface ScreenSettings {
  services: string[];
  counters: number[];
  sound: 'auto' | 'voice' | 'chime' | 'off';
  zone: string;
  playlist: string;
  media_volume: number;
}

export interface PlayNow {
  id: string;
  name: string;
  kind: string;
  type: string;
  url: string;
  text: string;
  seconds: number;
  starts: string | null;
  ends: string | null;
  days: number[];
}

export interface PlayItem {
  media: string;
  seconds: number;
  starts: string | null;
  ends: string | null;
  days: number[];
}

export interface Medium {
  id: string;
  name: string;
  kind: string;
  type: string;
  bytes: number;
  width: number;
  height: number;
  seconds: number;
  text: string;
}

/** One screen of `GET /api/displays`. */
export interface DisplayNow {
  id: string;
  name: string;
  online: boolean;
  shows: ScreenSettings;
  paired_at: string;
  seen_at: string | null;
  frame_at: string | null;
  skew_s: number | null;
  version: string;
  part: 'voice' | 'chime' | 'off';
  sound: 'on' | 'off' | 'none';
  width: number;
  height: number;
  waiting: number;
  behind: number;
  memory_mb: number;
}

export interface VoicePack {
  id: string;
  card: { person: string; consent: string; agreed_on: string; licence: string };
  clips: Record<string, string[]>;
  active: boolean;
}

export interface VoicePacks {
  packs: VoicePack[];
  tables: Record<string, VoiceTable>;
  needed: Record<string, string[]>;
  names: Record<string, Words>;
}

/** How numbers from `from` on are put together of clips (display/voice/tables.py). */
export interface VoiceRule {
  from: number;
  by: number;
  say: string[];
  link: string | null;
  link_below: number;
}

/** One spoken language: every entry of the five maps is a clip, name -> the text to say. */
export interface VoiceTable {
  language: string;
  name: string;
  call: string[];
  phrases: Words;
  places: Words;
  letters: Words;
  numbers: Words;
  units: Words;
  rules: VoiceRule[];
}

export interface SaidCall {
  label: string;
  counter: number;
  kind: 'call' | 'recall' | 'last';
  prefix: string;
  place: string;
  agency: string | null;
}

export interface QuietTime {
  starts: string;
  ends: string;
  days: number[];
}

export interface VoiceRules {
  languages: string[];
  style: 'digits' | 'natural';
  times: number;
  pack: string;
  agency: boolean;
  chime: boolean;
  volume: number;
  ducked: number;
  quiet: QuietTime[];
}

export interface VoiceChoice {
  pack: string;
  clips: Words;
}

/** `GET /api/voice`. */
export interface VoiceAnswer {
  rules: VoiceRules;
  last_recall: number;
  zone: string;
  languages: Record<string, { table: VoiceTable; voices: VoiceChoice[] }>;
}

/** What a catalog file holds: plural messages have one text per CLDR category. */
export interface Catalog {
  language: string;
  direction: 'ltr' | 'rtl';
  messages: Record<string, string | Record<string, string>>;
}

export interface LogChoice {
  key: string;
  name: string;
  past: boolean;
}

/** `GET /api/log/choices`. */
export interface LogChoices {
  services: LogChoice[];
  agencies: LogChoice[];
  counters: LogChoice[];
}

export type Figures = Record<string, number | null>;

export interface KpiAnswer {
  key: string;
  unit: string;
  name: string;
  meaning: string;
  formula: string;
  fields: string;
  better: string;
}

export interface ReportSlice {
  key: string;
  name: string;
  figures: Figures;
}

export interface ReportHeat {
  weekday: number;
  hour: number;
  turns_per_day: number;
  wait_p50_s: number | null;
  wait_p90_s: number | null;
}

export interface ReportBin {
  from_minutes: number;
  to_minutes: number | null;
  turns: number;
  share: number | null;
}

export interface ReportPoint {
  first: string;
  last: string;
  turns: number;
  served: number;
  wait_p50_s: number | null;
  wait_p90_s: number | null;
  within_target: number | null;
  before_turns: number | null;
  before_wait_p50_s: number | null;
  before_wait_p90_s: number | null;
}

export interface Report {
  first: string;
  last: string;
  days: number;
  unrolled: number;
  office: string;
  zone: string;
  compare_first: string | null;
  compare_last: string | null;
  figures: Figures;
  compared: Figures | null;
  services: ReportSlice[];
  agencies: ReportSlice[];
  classes: ReportSlice[];
  counters: ReportSlice[];
  hours: ReportSlice[];
  heat: ReportHeat[];
  waits: ReportBin[];
  trend: ReportPoint[];
  charts: Record<string, string>;
}

/** Those who wait for a service now (`GET /api/waits`). */
export interface WaitNow {
  service: string;
  waiting: number;
  longest_s: number;
  target_s: number;
  over: number;
}

/** A printer or display and how it is (`GET /api/equipment`). */
export interface Equipment {
  what: 'printer' | 'display' | 'key';
  id: string;
  name: string;
  state: string;
  words: string;
  well: boolean;
  since: string;
  waiting: number;
}

/** Somebody who serves (`GET /api/people`). */
export interface StaffPerson {
  id: string;
  name: string;
  role: string;
}

/** One person's figures (`POST /api/reports/person`). */
export interface PersonFigures {
  name: string;
  first: string;
  last: string;
  figures: Figures;
  everybody: Figures;
}

export interface Alarm {
  rule: string;
  subject: string;
  words: string;
  value: number;
  limit: number;
  since: string;
}
