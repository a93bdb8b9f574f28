/**
 * What the server answers and tells, as the pages see it. Made by `python -m web.types` from the
 * types of server/api and server/domain/events.py: change those, not this file.
 */

/** A question about the respondent; nobody must answer it. */
export interface About {
  key: string;
  name: string;
  choices: Choice[];
}

/** Low words of the last 90 days: how many, acted on, in time, and mean hours to it. */
export interface ActedOn {
  low: number;
  acted: number;
  in_time: number;
  mean_hours: number | null;
}

/** What became of an advice; those who serve hear that a counter opens, and thanks. */
export interface AdviceAnswered {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'advice_answered';
  advice: string;
  counter: CounterRef;
  service: string;
  until: number;
  answer: 'declined' | 'lapsed' | 'opened' | 'taken';
  tickets?: StaffTicket[];
}

/** An advice to open a counter until then. */
export interface AdviceItem {
  id: string;
  day: string;
  at: string;
  counter: string;
  number: number;
  service: string;
  service_name: string;
  until: string;
  target: number;
  people: number;
  without: Sum;
  with_it: Sum;
  wait: number;
  wait_with: number;
  model: string;
  answer: 'declined' | 'lapsed' | 'opened' | 'taken' | null;
  seen: Hindsight | null;
}

/** Advice of some business days, the newest first. */
export interface AdviceLog {
  first: string;
  last: string;
  advices: AdviceItem[];
  spared: number;
  missed: number;
  told: number;
}

/** The advice that waits for an answer, if there is one. */
export interface AdviceNow {
  advice: AdviceItem | null;
}

/** It would help to open a counter until then. */
export interface Advised {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'advised';
  advice: string;
  day: string;
  counter: CounterRef;
  service: string;
  until: number;
  target: number;
  people: number;
  late: number;
  late_with: number;
  over: number;
  over_with: number;
  wait: number;
  wait_with: number;
  model: string;
  tickets?: StaffTicket[];
}

/** A tenant of the hall. */
export interface Agency {
  code: string;
  name: string;
  names: Record<string, string>;
}

/** One agency. */
export interface AgencySatisfaction {
  name: string;
  halls: number;
  n: number;
  few: boolean;
  index: IndexFigures | null;
}

/** Something that needs a person now. `words` say it in the reader's language. */
export interface Alarm {
  rule: string;
  subject: string;
  words: string;
  value: number;
  limit: number;
  since: string;
}

/** An alarm is over by itself. */
export interface AlarmCleared {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'alarm_cleared';
  rule: string;
  subject: string;
  tickets?: StaffTicket[];
}

/** Answer of `GET /api/alarms`, the oldest first. */
export interface AlarmList {
  alarms: Alarm[];
}

/** Something needs a person: `rule` says what, `subject` where (service code or printer). */
export interface AlarmRaised {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'alarm_raised';
  rule: string;
  subject: string;
  value: number;
  limit: number;
  tickets?: StaffTicket[];
}

/** Words at one place within ten minutes that are worth a look: a group, or one hand. */
export interface AlikeWords {
  at: string;
  channel: string;
  device: string;
  counter: number | null;
  n: number;
  face: number | null;
  hasty: number;
}

/** How long visitors who asked for a person waited until somebody was there. */
export interface ArrivalFigures {
  met: number;
  median_s: number | null;
}

/** Somebody at the kiosk `place` asks for a person. */
export interface Asked {
  id: string;
  place: string;
  at: string;
  coming: string | null;
  who: string | null;
}

/** What staff counted at the door today. */
export interface AtTheDoor {
  counted: Record<string, number>;
  timed: number;
  seconds: number;
  line: number | null;
  line_at: string | null;
}

/** What the last days say of the forecast. */
export interface Backtest {
  days: number;
  first: string;
  last: string;
  ours: Error;
  last_week: Error;
  inside: number;
}

/** A new key: its secret half is told this once and kept nowhere here. */
export interface BackupKey {
  secret: string;
  public: string;
}

/** What came of a backup; `error` says why there is none, else it was restored to check it. */
export interface BackupMade {
  at: string;
  file: string;
  bytes: number;
  took_ms: number;
  error: string;
}

/** Backups of the whole server. */
export interface Backups {
  planned: boolean;
  at: string;
  folder: string;
  keep: number;
  sealed: boolean;
  asked: boolean;
  age_hours: number | null;
  late: boolean;
  made: BackupMade[];
  bucket: Bucket | null;
  key: string;
  several: boolean;
  same_disk: boolean | null;
}

/** The office: its name, zone and languages (the first is the default). */
export interface Branch {
  code: string;
  name: string;
  zone: string;
  zone_label: string;
  languages: string[];
}

/** A place in a store that speaks S3. */
export interface Bucket {
  bucket: string;
  access_key: string;
  prefix: string;
  endpoint: string;
  region: string;
  hosted: boolean;
  ca: string;
}

/** Many answers in ten minutes in one way. */
export interface BurstFigures {
  day: string;
  minute: number;
  n: number;
}

/** A ticket was asked to a counter; `rule` and `why` say what chose it. */
export interface Called {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'called';
  counter: CounterRef;
  number: number;
  rule: string;
  why?: string;
  rule_value?: number;
  language?: string;
  recalls: number;
  seated?: true;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** Calls for a person at the kiosks. */
export interface Calls {
  asked: number;
  taken: number;
  mean_s: number | null;
  met: number;
  arrival_s: number | null;
}

/** The ticket was given back before service. */
export interface Cancelled {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'cancelled';
  outcome: Outcome;
  reason?: string;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** Whose voice it is. */
export interface Card {
  person: string;
  consent: string;
  agreed_on: string;
  licence: string;
}

/** What needs a hand, in one language. */
export interface CareNow {
  alarms: Alarm[];
  equipment: Equipment[];
  screens: string[];
  quiet_calls: QuietCall[];
  advice: AdviceItem | null;
}

/** A place where somebody mends something now; `fault` tells two of them apart. */
export interface CaredFor {
  fault: string;
  place: string;
  names: Record<string, string>;
  since: string;
}

/** The end of the chain through all deeds of the branch. */
export interface Chain {
  seq: number;
  hash: string;
  found: number;
  forgot: number;
}

/** A check was kept; `faults` are those that it names, for photos of them. */
export interface Check {
  faults: Fault[];
}

/** The place for those who check it: `name` is theirs, `last` the last check today. */
export interface Checker {
  name: string;
  last: string | null;
  faults: Fault[];
}

/** An answer about the respondent. */
export interface Choice {
  key: string;
  name: string;
}

/** Answer of `GET /api/city/devices`; `version` is the city's own program's. */
export interface CityDevices {
  halls: HallDevices[];
  version: string;
}

/** Answer of `GET /api/city/report`: business days, both in. */
export interface CityReport {
  first: string;
  last: string;
  n: number;
  figures: Record<string, number | null>;
  halls: HallFigures[];
  services: ServiceInHalls[];
  unrolled: number;
}

/** Answer of `GET /api/city/satisfaction`: business days, both in. */
export interface CitySatisfaction {
  first: string;
  last: string;
  whole: AgencySatisfaction | null;
  agencies: AgencySatisfaction[];
  elsewhere: number;
}

/** A voice that the city has for an office: whose, in which languages; `here`: taken. */
export interface CityVoice {
  id: string;
  person: string;
  languages: string[];
  here: boolean;
}

/** Those that the city has for one office; `linked`: a city has its log. */
export interface CityVoices {
  voices: CityVoice[];
  linked: boolean;
}

/** The time the hall works by. */
export interface Clock {
  now: string;
  day: string;
  jumped_s: number | null;
  counts_in_s: number | null;
  ended: string | null;
}

/** A jump of the clock counts from now on: it was `was`. It held, or a person confirmed it. */
export interface ClockSet {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'clock_set';
  was: number;
  by_ms: number;
  since: number;
  tickets?: StaffTicket[];
}

/** What a column of the log means. */
export interface Column {
  name: string;
  meaning: string;
}

/** Answer of `GET /api/log/columns`. */
export interface ColumnList {
  columns: Column[];
}

/** Somebody looked at a place; `faults` are the codes of what was wrong there. */
export interface ComfortChecked {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'comfort_checked';
  check: string;
  day: string;
  place: string;
  faults: string[];
  tickets?: StaffTicket[];
}

/** The hall's comfort now. */
export interface ComfortDay {
  day: string;
  rounds: Round[];
  open: Fault[];
  mended: Fault[];
  months: ComfortMonth[];
  sheets: boolean;
}

/** The comfort of some days. */
export interface ComfortFigures {
  due: number;
  done: number;
  faults: number;
  mended: number;
  median_minutes: number | null;
}

/** The comfort of a month, as `2026-11`. */
export interface ComfortMonth {
  month: string;
  of: ComfortFigures;
}

/** What a morning tells of the hall's comfort: missed checks of the day before, open faults. */
export interface ComfortMorning {
  missed: Missed[];
  faults: Fault[];
}

/** New settings of the branch are in force. */
export interface Configured {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'configured';
  version: number;
  tickets?: StaffTicket[];
}

/** Service ended well and the same visit goes on: the next leg waits for another service. */
export interface Continued {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'continued';
  counter: string;
  to_service: string;
  to_leg: number;
  arrival: number;
  to_counter?: string;
  note?: string;
  outcome: Outcome;
  outcome_code?: string;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** Visitors without a number who came for one thing; `names` are empty for a former kind. */
export interface CountedKind {
  code: string;
  names: Record<string, string>;
  n: number;
}

/** A counter as every screen may see it; `until` is when a break is meant to end. */
export interface Counter {
  id: string;
  number: number;
  name: string;
  names: Record<string, string>;
  state: CounterState;
  services: string[];
  current: CurrentTicket | null;
  until: string | null;
}

/** A counter opened, closed, took a break, changed hands or what it offers. */
export interface CounterChanged {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'counter_changed';
  counter: CounterRef;
  was: CounterState;
  state: CounterState;
  services: string[];
  reason?: string;
  staff?: string;
  holder_name?: string;
  until?: number;
  tickets?: StaffTicket[];
}

/** Answer of `GET /api/counters`. */
export interface CounterList {
  counters: StaffCounter[];
}

/** A counter as people read it. */
export interface CounterPlace {
  id: string;
  number: number;
  name: string;
}

/** The counter as told to people: stable id, number, and name per language if it has one. */
export interface CounterRef {
  id: string;
  number: number;
  names: Record<string, string>;
}

/** Whether a counter can call. */
export type CounterState = 'closed' | 'open' | 'break';

/** A country whose holidays are known: its ISO 3166 code of two letters, and its name. */
export interface Country {
  code: string;
  name: string;
}

/** What a counter has now, as far as a public screen may know. */
export interface CurrentTicket {
  ticket: string;
  label: string;
  service: string;
  state: TurnState;
  called_at: string | null;
  started_at: string | null;
  recalls: number;
}

/** A kind of data. `about`: visitors, staff or nobody. `columns`: as `table.column`. */
export interface DataKind {
  key: string;
  about: string;
  what: string;
  why: string;
  kept: string;
  columns: string[];
}

/** A day as it was planned, and as it was. */
export interface DayBack {
  day: string;
  version: number;
  expected: number;
  came: number;
  hours: number;
  opened: number;
  share: number | null;
  real_share: number | null;
  p90: number | null;
  real_p90: number | null;
  foreseen: number;
  missed: number;
  followed: number;
  needed: number;
  beyond: number;
  half_hours: HalfHourBack[];
  seats: SeatBack[];
  target: Target;
  own: Record<string, Target>;
}

/** The business day is over; what was left is expired or closed. */
export interface DayClosed {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'day_closed';
  day: string;
  tickets?: StaffTicket[];
}

/** What managers are told of the present day, beside its events. */
export interface DayNow {
  type: 'day';
  seq: number;
  after: number;
  at: string;
  totals: Totals;
  turns: LogTurn[];
  gone: GoneTurn[];
}

/** Who waited on `day` goes on in `into`, the present day. */
export interface DayReopened {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'day_reopened';
  day: string;
  into: string;
  tickets?: StaffTicket[];
}

/** A day's shifts, and what is expected of them; `outcome` is null on a closed day. */
export interface DayRota {
  day: string;
  shifts: Shift[];
  outcome: Outlook | null;
}

/** The end of `days` was taken back; their people go on in business day `into`. */
export interface DayTakenBack {
  days: string[];
  into: string;
  back: string[];
  left: string[];
}

/** What a file says of today and later, for a person to look at. */
export interface DaysOfFile {
  days: ProposedDays[];
}

/** One deed. */
export interface Deed {
  at: string;
  actor: string;
  name: string;
  role: string;
  what: string;
  text: string;
  place: string;
  seq: number | null;
  hash: string;
}

/** Deeds, the newest first; `next` is the cursor of the following page, if any. */
export interface DeedList {
  deeds: Deed[];
  people: Doer[];
  next: string | null;
  chain: Chain | null;
}

/** What the counter page offers and says; texts per language, empty for the page's own. */
export interface Desk {
  policy: Policy;
  break_reasons: (Record<string, string>)[];
  hold_reasons: (Record<string, string>)[];
  call_reasons: (Record<string, string>)[];
  greeting: Record<string, string>;
  apology: Record<string, string>;
  closing: Record<string, string>;
  farewell: Record<string, string>;
  outcomes: Record<string, OutcomeAnswer[]>;
  undo_seconds: number;
  auto_call_seconds: number;
  max_recalls: number;
  recall_gap_seconds: number;
  directs: boolean;
  skills: string[] | null;
  numbers: 'machine' | 'roll';
  kinds: Kind[];
}

/** What the device shows. */
export interface DeviceAsked {
  code: string;
  seconds: number;
  url: string;
  picture: string;
  secret: string;
}

/** A code for one device. */
export interface DeviceInvited {
  code: string;
  path: string;
  url: string;
  picture: string;
  minutes: number;
}

/** The device that is in now. */
export interface DeviceLetIn {
  id: string;
  role: 'agent' | 'display' | 'kiosk' | 'tablet';
  name: string;
  counter: number | null;
}

/** The devices of a hall; `version` is the server's own, which pages should have. */
export interface DeviceList {
  devices: DeviceNow[];
  version: string;
}

/** A device and how it is; what nobody told is empty or null. */
export interface DeviceNow {
  id: string;
  kind: 'agent' | 'care' | 'display' | 'kiosk' | 'printer' | 'tablet';
  name: string;
  online: boolean;
  counter: number | null;
  paired_at: string | null;
  seen_at: string | null;
  address: string;
  browser: string;
  version: string;
  up_at: string | null;
  used_at: string | null;
  error: string;
  error_at: string | null;
  errors: number;
  skew_s: number | null;
  paper: '' | 'low' | 'ok' | 'out';
  state: string;
  words: string;
  waiting: number;
  lacks: boolean;
}

/** The page is paired; the key is in a cookie that scripts cannot read. */
export interface DevicePaired {
  role: string;
  name: string;
  counter: number | null;
}

/** How many pages were told; 0 when it is not in touch. */
export interface DeviceTold {
  pages: number;
}

/** How it stands: still `waiting`, or `in`, or the code is `over` and a new one is needed. */
export interface DeviceWaits {
  state: 'in' | 'over' | 'waiting';
  page: string;
  name: string;
}

/** A screen as the manager sees it. */
export interface Display {
  id: string;
  name: string;
  online: boolean;
  shows: Shows;
  paired_at: string;
  seen_at: string | null;
  frame_at: string | null;
  skew_s: number | null;
  version: string;
  part: 'chime' | 'off' | 'voice';
  sound: 'none' | 'off' | 'on';
  width: number;
  height: number;
  waiting: number;
  behind: number;
  memory_mb: number;
}

/** Every paired screen of the branch. */
export interface DisplayList {
  displays: Display[];
}

/** Somebody who did something in the span. */
export interface Doer {
  actor: string;
  name: string;
  role: string;
}

/** The address behind the QR of a place. */
export interface Door {
  place: string;
  url: string;
}

/** Samples by hand at the door. */
export interface DoorFigures {
  timed: number;
  median_s: number | null;
  mean_s: number | null;
  lines: number;
  line_mean: number | null;
  line_most: number | null;
}

/** The addresses behind all QRs. */
export interface DoorList {
  doors: Door[];
}

/** A sample at the door: `people` in line for a number, or the `seconds` of one of them. */
export interface DoorMeasured {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'door_measured';
  day: string;
  people?: number;
  seconds?: number;
  tickets?: StaffTicket[];
}

/** Everything that is still wrong with what was typed; it is kept all the same. */
export interface Draft {
  problems: DraftProblem[];
}

/** The mark of the draft that is kept now, to be sent with the next one as `seen`. */
export interface DraftKept {
  mark: string;
}

/** What is still wrong: the path of the setting, and why in words. */
export interface DraftProblem {
  path: string;
  words: string;
}

/** One element. `marks`: how many gave each answer, the worst first. */
export interface ElementFigures {
  key: string;
  number: number;
  name: string;
  n: number;
  mean: string | null;
  weighted: string | null;
  converted: string | null;
  letter: string | null;
  marks: number[];
  lowest: boolean;
}

/** A printer or display and how it is, in short and in the reader's words. */
export interface Equipment {
  what: 'display' | 'key' | 'printer';
  id: string;
  name: string;
  state: string;
  words: string;
  well: boolean;
  since: string;
  waiting: number;
}

/** A printer or display is not as it was: `state` in short, `gone` when it was taken away. */
export interface EquipmentChanged {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'equipment_changed';
  what: string;
  subject: string;
  place: string;
  state: string;
  tickets?: StaffTicket[];
}

/** Answer of `GET /api/equipment`: printers, then displays, by name. */
export interface EquipmentList {
  equipment: Equipment[];
}

/** How wrong a way was. */
export interface Error {
  half_hour: number;
  day: number;
}

/** A wait range in whole minutes, as it is told; docs/estimates.md says what it promises. */
export interface Estimate {
  low_minutes: number;
  high_minutes: number;
}

/** How right ranges were of one service, class, hour, day or model; `name` for people. */
export interface EstimatePart {
  key: string;
  name: string;
  verdict: Verdict;
}

/** How right the waits were that visitors were told. */
export interface Estimates {
  first: string;
  last: string;
  whole: Verdict;
  services: EstimatePart[];
  classes: EstimatePart[];
  hours: EstimatePart[];
  days: EstimatePart[];
  models: EstimatePart[];
  hits: number | null;
  drift: number | null;
}

/** Left over at day end. */
export interface Expired {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'expired';
  outcome: Outcome;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** How the own second step is. */
export interface Factor {
  on: boolean;
  app: boolean;
  needed: boolean;
  locked: boolean;
  left: number;
  passkeys: Passkey[];
  passkeys_at: string;
}

/** What the app needs, told this once. */
export interface FactorBegun {
  secret: string;
  picture: string;
}

/** A fault as those see it who act on it. */
export interface Fault {
  id: string;
  day: string;
  at: string;
  place: string;
  place_name: string;
  item: string;
  item_name: string;
  channel: 'check' | 'visitor';
  state: 'mended' | 'open' | 'seen' | 'working';
  minutes: number;
  begun: string | null;
  mended: string | null;
  read: string | null;
  owner: string | null;
  on_it: string | null;
  mended_by: string | null;
  action: string | null;
  blacked: boolean;
  notes: Note[];
}

/** What is done about a fault went from `was` to `state`; `names` are the place's. */
export interface FaultChanged {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'fault_changed';
  fault: string;
  place: string;
  item: string;
  was: 'mended' | 'open' | 'seen' | 'working';
  state: 'mended' | 'open' | 'seen' | 'working';
  names: Record<string, string>;
  tickets?: StaffTicket[];
}

/** Something is wrong at a place; one that is known and not mended yet is told once. */
export interface FaultReported {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'fault_reported';
  fault: string;
  day: string;
  place: string;
  item: string;
  channel: 'check' | 'visitor';
  tickets?: StaffTicket[];
}

/** What the phone page may ask. */
export interface Feedback {
  open: boolean;
  given: GivenWord | null;
  survey: boolean;
}

/** Service ended well. `outcome_code` is the office's own code, if it uses them. */
export interface Finished {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'finished';
  counter: string;
  outcome: Outcome;
  outcome_code?: string;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** What a new office has done so far on its way to the first call that is heard. */
export interface FirstSteps {
  kiosks: number;
  displays: number;
  issued: boolean;
  called: boolean;
  heard: boolean;
  open: boolean;
  opens: string;
  roll: boolean;
}

/** How many people will come on a day. */
export interface Forecast {
  day: string;
  known: number;
  until: string | null;
  services: ServiceForecast[];
  backtest: Backtest | null;
  closed: boolean;
  after_closed: boolean;
  seasons: Season[];
}

/** A half hour: people expected, and the band that four of five fall into. */
export interface ForecastSlot {
  at: string;
  expected: number;
  low: number;
  high: number;
}

/** How many notes of colleagues and words of the visitor were erased. */
export interface Forgotten {
  notes: number;
  words: number;
}

/** One of a few values, and what people call it. */
export interface FormChoice {
  value: string;
  label: string;
}

/** One setting as a form shows it. */
export interface FormField {
  name: string;
  path: string;
  label: string;
  hint: string;
  kind: 'block' | 'blocks' | 'choice' | 'codes' | 'date' | 'dates' | 'days' | 'lists' | 'number' | 'parts' | 'picture' | 'reasons' | 'switch' | 'text' | 'texts' | 'time' | 'weights' | 'words';
  of: string;
  default: string;
  low: number | null;
  high: number | null;
  whole: boolean;
  lines: boolean;
  choices: FormChoice[];
  fields: FormField[];
  optional: boolean;
}

/** A printer beside the server, and what it calls itself. */
export interface FoundPrinter {
  url: string;
  name: string;
}

/** The printers beside the server. */
export interface FoundPrinters {
  printers: FoundPrinter[];
}

/** A number that was found, as it stands. */
export interface FoundTicket {
  code: string;
  hall: string;
  day: string;
  label: string;
  service: string;
  state: string;
  outcome: string | null;
  issued: string;
}

/** Answer of `GET /api/city/tickets`. */
export interface FoundTickets {
  tickets: FoundTicket[];
}

/** A ticket that waited for one counter alone may be called by any: that counter closed. */
export interface Freed {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'freed';
  ticket: string;
  leg: number;
  label: string;
  service: string;
  booked?: number;
  tickets?: StaffTicket[];
}

/** A password to tell somebody, once: it is kept nowhere and counts until it is changed. */
export interface GivenPassword {
  login: string;
  name: string;
  password: string;
  until: string;
}

/** The visitor's own word. */
export interface GivenWord {
  face: number;
  said: string;
  thanks: boolean;
  action: string | null;
  helped: boolean | null;
  again: boolean;
}

/** A turn that is no more: the step that opened it was taken back within seconds. */
export interface GoneTurn {
  ticket: string;
  leg: number;
}

/** What is expected of a half hour. */
export interface HalfHour {
  at: number;
  expected: number;
  low: number;
  high: number;
  counters: number;
  needed: number;
  share: number | null;
  p50: number | null;
  p90: number | null;
  services: Record<string, number>;
}

/** A half hour as it was planned, and as it was. */
export interface HalfHourBack {
  at: number;
  expected: number;
  low: number;
  high: number;
  came: number;
  counters: number;
  opened: number;
  share: number | null;
  real_share: number | null;
  p50: number | null;
  real_p50: number | null;
  p90: number | null;
  real_p90: number | null;
  foreseen: boolean;
  missed: boolean;
}

/** What who directs the hall is told beside its events: what needs a hand, by language. */
export interface HallCare {
  type: 'care';
  care: Record<string, CareNow>;
}

/** What managers are told of the hall's comfort, by language. */
export interface HallComfort {
  type: 'comfort';
  comfort: Record<string, ComfortDay>;
}

/** The devices of one hall. */
export interface HallDevices {
  code: string;
  name: string;
  version: string;
  told: string | null;
  late: boolean;
  known: number;
  online: number;
  devices: DeviceNow[];
  wishes: WishNow[];
}

/** One hall in figures: their names as `GET /api/reports/kpis` has them. */
export interface HallFigures {
  code: string;
  name: string;
  n: number;
  figures: Record<string, number | null>;
}

/** How an office's own server is linked. */
export interface HallLink {
  state: 'behind' | 'here' | 'new' | 'silent' | 'well';
  heard: string | null;
  missing: number;
  version: string;
  refused: string;
  clock_s: number;
}

/** Answer of `GET /api/city/halls`. */
export interface HallList {
  halls: HallNow[];
}

/** One hall; one whose link is `silent` as it was when its server was heard last. */
export interface HallNow {
  code: string;
  name: string;
  agency: string;
  link: HallLink;
  waiting: number;
  longest_minutes: number | null;
  open: number | null;
  paused: number | null;
  serving: number | null;
  alarms: number | null;
  tenant: boolean;
}

/** What is prepared for one hall. */
export interface HallOutcome {
  code: string;
  title: string;
  changes: string[];
  conflicts: string[];
  problems: SettingProblem[];
}

/** Each hall that was asked for, in that order. */
export interface HallOutcomes {
  halls: HallOutcome[];
}

/** What program a hall's own server runs, and which it may take. */
export interface HallVersion {
  code: string;
  title: string;
  has: string;
  may: string;
  by: string;
  since: string | null;
  took_at: string | null;
  failed: boolean;
}

/** Halls with a server of their own, by name; `version` is the city's own program's. */
export interface HallVersions {
  version: string;
  halls: HallVersion[];
}

/** `ok` when the server lives; readiness also checks that the store can be written. */
export interface Health {
  status: string;
  version: string;
}

/** The turn rests, for example while papers are fetched; `until` is when it is due. */
export interface Held {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'held';
  counter?: string;
  reason?: string;
  until?: number;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** Somebody at `place` asked for a person. */
export interface Help {
  id: string;
  place: string;
  at: string;
  taken: boolean;
  seconds: number | null;
  here_s: number | null;
}

/** A colleague is with the visitor, `seconds` after the request. */
export interface HelpArrived {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'help_arrived';
  help: string;
  place: string;
  seconds: number;
  tickets?: StaffTicket[];
}

/** Requests of today that nobody has taken yet, the oldest first. */
export interface HelpList {
  requests: Help[];
}

/** A visitor at a kiosk asks for a person; `place` is what the kiosk is called. */
export interface HelpRequested {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'help_requested';
  help: string;
  day: string;
  place: string;
  tickets?: StaffTicket[];
}

/** A colleague sets out, `seconds` after the request; `name` is for the other colleagues. */
export interface HelpTaken {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'help_taken';
  help: string;
  place: string;
  seconds: number;
  name?: string;
  tickets?: StaffTicket[];
}

/** What came of an advice. */
export interface Hindsight {
  people: number;
  really: Sum;
  without: Sum;
  with_it: Sum;
  opened: boolean;
}

/** Holidays that are proposed, those of today and later. */
export interface Holidays {
  country: string;
  year: number;
  countries: Country[];
  leave: boolean;
  days: ProposedDays[];
}

/** An index as it is told: four decimals, converted to 100, its grade. */
export interface IndexFigures {
  index: string;
  converted: string;
  letter: string;
  words: string;
}

/** All that is kept, in words of the language asked for. */
export interface Inventory {
  kinds: DataKind[];
}

/** Whom an invitation is for; `password_length`: characters of the password at least. */
export interface Invitation {
  login: string;
  name: string;
  role: string;
  office: string;
  until: string;
  password_length: number;
}

/** An invitation to hand over; the code is kept nowhere, and told this once. */
export interface Invited {
  person: string;
  login: string;
  name: string;
  office: string;
  code: string;
  url: string;
  picture: string;
  until: string;
}

/** Somebody who shall be invited by the office: the password is the person's own. */
export interface Invitee {
  login: string;
  name: string;
  role: string;
}

/** A ticket was given; it waits in line. `due` is an appointment's time. */
export interface Issued {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'issued';
  day: string;
  prefix: string;
  number: number;
  label: string;
  service: string;
  priority: Priority;
  language: string;
  people: number;
  channel: string;
  note_for_counter?: string;
  ticket: string;
  state: TurnState;
  due?: number;
  tickets?: StaffTicket[];
}

/** Something visitors come for who need no number. */
export interface Kind {
  code: string;
  names: Record<string, string>;
}

/** A key that is there already, and how the browser finds it. */
export interface KnownKey {
  credential: string;
  transports: string[];
}

/** A figure's definition and formula, in the reader's language; fields for engineers. */
export interface Kpi {
  key: string;
  unit: string;
  name: string;
  meaning: string;
  formula: string;
  fields: string;
  better: string;
}

/** Answer of `GET /api/kpis`. */
export interface KpiList {
  kpis: Kpi[];
}

/** A spoken language: its table, and the voices to take clips from, the preferred first. */
export interface Language {
  table: Table;
  voices: VoiceChoice[];
}

/** What an office's server may take, as it travels; `at` is milliseconds since 1970. */
export interface Leave {
  version: string;
  name: string;
  at: number;
}

/** How many could be called now for a service, and the times of later appointments. */
export interface LineNow {
  waiting: number;
  booked: string[];
}

/** Who is logged in on this computer, and whether it is locked. */
export interface Lock {
  locked: boolean;
  name: string;
  login: string;
  pin: boolean;
}

/** The turns of a span, oldest first. Streamed; `turns` may be very long. */
export interface Log {
  turns: LogTurn[];
  next?: string;
  seq?: number;
  history?: string;
  more?: boolean;
  gone?: GoneTurn[];
}

/** Something the log can be filtered by; `past`: it is no more in the settings. */
export interface LogChoice {
  key: string;
  name: string;
  past: boolean;
}

/** Answer of `GET /api/log/choices`: what is there now comes first, as set up. */
export interface LogChoices {
  services: LogChoice[];
  agencies: LogChoice[];
  counters: LogChoice[];
}

/** Answer of `GET /api/log/count`. */
export interface LogCount {
  rows: number;
}

/** How far a box's log has come. */
export interface LogStand {
  history: string | null;
  seq: number;
  ahead: number;
  prepared: number;
  wishes: number;
  release: number;
  failed: string;
  now: number;
}

/** One turn of the wait-time log; times are ISO 8601 in the branch's zone. */
export interface LogTurn {
  label: string;
  service: string;
  counter: number | null;
  priority: Priority;
  issued: string;
  called: string | null;
  started: string | null;
  ended: string | null;
  wait_s: number | null;
  service_s: number | null;
  outcome: Outcome | null;
  recalls: number;
  walk_s: number | null;
  state: TurnState;
  day: string;
  leg: number;
  service_name: string;
  agency: string | null;
  language: string;
  channel: string;
  people: number;
  ended_by: string | null;
  ticket: string;
  staff: string | null;
  transferred_from: string | null;
  transferred_to: string | null;
  appointment: string | null;
  hour: number;
  weekday: number;
  note_for_counter: string | null;
}

/** One place where somebody is logged in. */
export interface Login {
  id: string;
  kind: string;
  browser: string;
  place: string;
  began: string;
  used: string;
  until: string;
  here: boolean;
}

/** Where somebody is logged in now. */
export interface LoginList {
  name: string;
  logins: Login[];
}

/** A service whose promise was broken yesterday: how many waited longer, of how many. */
export interface LongWait {
  service: string;
  longer: number;
  called: number;
  target_minutes: number;
  most_s: number | null;
}

/** A plan in the making, or the last one made. */
export interface Making {
  state: 'failed' | 'made' | 'making' | 'stopped' | 'none';
  week: string;
  done: number;
  day: string;
  trouble: string;
  known: number;
  days: DayRota[];
}

/** What lies on the shelf. */
export interface MediaList {
  media: Medium[];
}

/** One picture, video or text; `seconds` is a video's length if known. */
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

/** A screen's own settings and what it plays. */
export interface Mine {
  id: string;
  name: string;
  shows: Shows;
  play: PlayNow[];
  revision: string;
  part: 'chime' | 'off' | 'voice';
  logo: string;
}

/** A place that was looked at less often on a day than it should, and what was done about it. */
export interface Missed {
  day: string;
  place: string;
  place_name: string;
  due: number;
  done: number;
  read: string | null;
  owner: string | null;
  action: string | null;
  acted: string | null;
}

/** What to read at 07:30. */
export interface Morning {
  day: string | null;
  words: Word[];
  open: Word[];
  open_number: number;
  lowest: ElementFigures[];
  n: number;
  waits: LongWait[];
  calls: Calls;
  thanks: number;
  acted: ActedOn;
  alike: AlikeWords[];
  comfort: ComfortMorning;
}

/** One's own shifts from today on, and what colleagues offer; `until`: the last day planned. */
export interface MyRota {
  name: string;
  planned: boolean;
  until: string | null;
  shifts: OwnShift[];
  swaps: Swap[];
}

/** The called visitor did not come. */
export interface NoShow {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'no_show';
  counter: string;
  outcome: Outcome;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** What somebody told of a fault; `photo` is the address of one. */
export interface Note {
  at: string;
  channel: 'check' | 'visitor';
  said: string;
  photo: string | null;
}

/** The line of text that all displays show changed; empty for none, `until` for a while. */
export interface NoticeChanged {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'notice_changed';
  notice: string;
  until?: number;
  tickets?: StaffTicket[];
}

/** Why a short break would do good. */
export interface Nudge {
  why: 'long' | 'time';
  n: number;
  since: string;
}

/** Numbers up to `number` are on papers that this log does not know: none is given again. */
export interface NumbersResumed {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'numbers_resumed';
  day: string;
  prefix: string;
  number: number;
  tickets?: StaffTicket[];
}

/** What the city prepared for this office and is not so yet. */
export interface Offered {
  version: number;
  at: string | null;
  name: string;
  base: number;
  settings: string;
  changes: string[];
  conflicts: string[];
  problems: SettingProblem[];
  people: OfferedPerson[];
  aside: boolean;
}

/** Somebody to be invited; `mine`: by who asks, else by an administrator. */
export interface OfferedPerson {
  login: string;
  name: string;
  role: string;
  mine: boolean;
}

/** A provider by which people of an office may log in. */
export interface OfferedProvider {
  branch: string;
  name: string;
}

/** Somebody who works at counters. */
export interface Officer {
  key: string;
  name: string;
  services: string[];
  counter: number;
  hours: number;
  earliest: string;
  latest: string;
  weekdays: number[];
  absent: string[];
  wishes: string[];
  active: boolean;
}

/** How somebody who serves is now; nobody else is told. */
export interface OfficerNow {
  thanks: number;
  thanked: string | null;
  nudge: Nudge | null;
  pulse: boolean;
  quiet_call: boolean;
  call: QuietSign | null;
}

/** A day of a line: its periods, none for closed. */
export interface OpenDay {
  day: string;
  periods: Period[];
  names: Record<string, string>;
  special: boolean;
  hour_more: number;
}

/** What is open when, from `first` on. */
export interface OpenWeek {
  first: string;
  today: string;
  lines: WeekLine[];
}

/** What others would get who reckon with a rounded weight; never the index itself. */
export interface OtherIndex {
  weight: string;
  converted: string;
  letter: string;
}

/** How a turn ended: the closed list that reports count. */
export type Outcome = 'served' | 'no_show' | 'cancelled_by_visitor' | 'cancelled_by_staff' | 'transferred' | 'expired' | 'unfinished';

/** A result that staff choose from when they finish. */
export interface OutcomeAnswer {
  code: string;
  names: Record<string, string>;
}

/** What comes of a day's shifts. */
export interface Outlook {
  opens: number;
  closes: number;
  half_hours: HalfHour[];
  services: ServiceDay[];
  share: number | null;
  p90: number | null;
  missed: number[];
  hours: number;
  needed: Record<string, number[]>;
}

/** A shift of one's own; times are `HH:MM`. `offered`: the id of the offer, if it is. */
export interface OwnShift {
  day: string;
  counter: number;
  start: string;
  end: string;
  rest: string | null;
  rest_end: string | null;
  offered: string | null;
}

/** A staff voice: whose, and which clips exist per language. */
export interface Pack {
  id: string;
  card: Card;
  clips: Record<string, string[]>;
  active: boolean;
}

/** The staff's voices, and every text a voice can be asked to say. */
export interface PackList {
  packs: Pack[];
  tables: Record<string, Table>;
  needed: Record<string, string[]>;
  names: Record<string, Record<string, string>>;
}

/** What is prepared for an office, as it travels; `settings` and `people` are JSON text. */
export interface Package {
  version: number;
  base: number;
  settings: string;
  people: string;
  name: string;
  at: number;
  wishes: Wish[];
  release: Leave | null;
}

/** A code to type on the screen, good once. */
export interface PairingCode {
  code: string;
  minutes: number;
}

/** What the printed ticket says besides the number. */
export interface Paper {
  width_mm: 58 | 80;
  cutter: boolean;
  foot: Record<string, string>;
  lines: ('agency' | 'ahead' | 'foot' | 'logo' | 'number' | 'office' | 'people' | 'priority' | 'qr' | 'rule' | 'service' | 'time' | 'wait')[];
  logo: string;
}

/** The look of the ticket in force; `languages` are those its last words can have. */
export interface PaperAnswer {
  paper: Paper;
  languages: string[];
}

/** One of the own passkeys. */
export interface Passkey {
  id: string;
  name: string;
  host: string;
  made: string;
  used: string | null;
}

/** What the browser needs to have a passkey sign, once, within `seconds`. */
export interface PasskeyAsked {
  challenge: string;
  rp: string;
  known: KnownKey[];
  seconds: number;
}

/** What the browser needs to make a passkey. Bytes are base64url. */
export interface PasskeyBegun {
  challenge: string;
  rp: string;
  office: string;
  user: string;
  login: string;
  name: string;
  algorithms: number[];
  known: KnownKey[];
  seconds: number;
}

/** One open stretch on some weekdays. */
export interface Period {
  days: number[];
  opens: string;
  closes: string;
  tickets_from: string | null;
  last_ticket: string | null;
}

/** Who is logged in on this page; `skills` are the services that are served, null for all. */
export interface Person {
  role: string;
  name: string;
  login: string | null;
  branch: Branch;
  id: string;
  skills: string[] | null;
  counter: number | null;
  unready: boolean;
  idle_minutes: number;
  password_length: number;
  failed: number;
  agency: string;
}

/** One person's figures, beside those of all together, for talking about and never to rank. */
export interface PersonFigures {
  name: string;
  first: string;
  last: string;
  figures: Record<string, number | null>;
  everybody: Record<string, number | null>;
}

/** A paired phone. */
export interface Phone {
  id: string;
  name: string;
  paired_at: string;
}

/** A code to type on the phone, good once. */
export interface PhoneCode {
  code: string;
  minutes: number;
}

/** The phones that may check places and mend faults. */
export interface PhoneList {
  phones: Phone[];
}

/** The place behind a QR, as everybody may see it. */
export interface Place {
  place: string;
  name: string;
  office: string;
  items: PlaceItem[];
}

/** One thing that is looked at; `state` of what is wrong with it, null when nothing is. */
export interface PlaceItem {
  code: string;
  name: string;
  state: 'mended' | 'open' | 'seen' | 'working' | null;
}

/** What is to be done about an element, with the days it was planned, is due and was done. */
export interface PlanFigures {
  id: string;
  element: string;
  name: string;
  plan: string;
  due: string;
  by: string;
  result: string | null;
  late: boolean;
  made: string;
  done: string | null;
}

/** The follow-up plans, those to be done first. */
export interface PlanList {
  plans: PlanFigures[];
}

/** Settings that begin at a moment; `trouble` says why they did not. */
export interface PlannedSettings {
  id: string;
  at: string;
  name: string;
  changes: string[];
  trouble: string;
  follows: string;
  waits: boolean;
}

/** One place in a playlist: what, how long (pictures and texts), and when it may play. */
export interface PlayItem {
  media: string;
  seconds: number;
  starts: string | null;
  ends: string | null;
  days: number[];
}

/** One thing to play, with everything a screen needs for it. */
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

/** A playlist; without items it is gone. */
export interface Playlist {
  name: string;
  items: PlayItem[];
}

/** Every playlist of the branch. */
export interface Playlists {
  playlists: Playlist[];
}

/** The branch's rule for whom to call next; the page says it in words. */
export interface Policy {
  name: 'fair' | 'priority' | 'target' | 'weighted';
  priority_cap: number;
  slot_cap: number;
}

/** How a hall stands to what is prepared for it. */
export interface PreparedHall {
  code: string;
  title: string;
  ready: boolean;
  here: boolean;
  at: string | null;
  name: string;
  changes: string[];
  conflicts: string[];
  had: boolean;
  aside: boolean;
  people: Invitee[];
}

/** Every hall, by name. */
export interface PreparedHalls {
  halls: PreparedHall[];
}

/** What somebody goes on from: settings as prepared so far, as JSON text, and their form. */
export interface Preparing {
  version: number;
  base: number;
  earlier: boolean;
  settings: string;
  form: FormField[];
  languages: string[];
}

/** What a press of a button box did, small enough for a microcontroller. */
export interface Pressed {
  did: string;
  counter: number;
  state: CounterState;
  label: string | null;
  current: string | null;
  waiting: number;
}

/** One attempt that did not work; the next is due `retry_at` unless it was `final`. */
export interface PrintFailed {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'print_failed';
  ticket: string;
  label: string;
  job: string;
  printer: string;
  attempt: number;
  error: string;
  retry_at?: number;
  final: boolean;
  unsure: boolean;
  tickets?: StaffTicket[];
}

/** A paper that one printer could not make waits at another; `place` is that one's name. */
export interface PrintMoved {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'print_moved';
  ticket: string;
  label: string;
  was: string;
  place: string;
  tickets?: StaffTicket[];
}

/** Whether a paper comes: `queued` on `printer`, or `no_printer`. */
export interface PrintState {
  state: 'no_printer' | 'queued';
  printer: string | null;
}

/** A paper left for the printer: one attempt that worked. */
export interface Printed {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'printed';
  ticket: string;
  label: string;
  job: string;
  printer: string;
  attempt: number;
  copy: number;
  tickets?: StaffTicket[];
}

/** A ticket printer as staff and managers see it. */
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
  profile: string;
}

/** Answer of `GET /api/printers`. */
export interface PrinterList {
  printers: Printer[];
}

/** Priority class of a ticket; the reason behind it is never kept. */
export type Priority = 'regular' | 'priority';

/** RFC 9457 problem document. `field` names the part of the request that is wrong. */
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

/** Days as the setting `special_days` has them, and what is known of them. */
export interface ProposedDays {
  first: string;
  names: Record<string, string>;
  kind: 'file' | 'holiday' | 'leave' | 'ramadan';
  last: string;
  estimated: boolean;
  periods: Period[];
  services: string[];
}

/** All there are. */
export interface ProviderList {
  providers: OfferedProvider[];
}

/** What the office does about an element, with its days. */
export interface PublicPlan {
  name: string;
  plan: string;
  made: string;
  due: string;
  result: string | null;
  done: string | null;
}

/** A published result, as anybody may read it. `published` is the day it was. */
export interface PublicResult {
  first: string;
  last: string;
  published: string;
  method: string;
  scale: number;
  n: number;
  served: number;
  target: number;
  few: boolean;
  index: IndexFigures;
  elements: ElementFigures[];
  plans: PublicPlan[];
}

/** All that an office has published, the newest period first. */
export interface PublicResults {
  office: string;
  results: PublicResult[];
}

/** A published result in the manager's list. */
export interface Published {
  id: string;
  first: string;
  last: string;
  published: string;
  by: string;
  converted: string;
  letter: string;
}

/** What is published, the newest period first; `page` is where anybody reads it. */
export interface PublishedList {
  results: Published[];
  page: string;
}

/** This month's questions by key; `open`: they can be answered. */
export interface PulseForm {
  month: string;
  open: boolean;
  questions: string[];
  scale: number;
}

/** A month that is over. */
export interface PulseMonth {
  month: string;
  shown: boolean;
  n: number | null;
  marks: Record<string, number[]>;
}

/** The months that are over, the newest first; `shown_from` answers on one is told. */
export interface PulseReport {
  months: PulseMonth[];
  shown_from: number;
}

/** One quarter of a year, as far as it lies in the period. */
export interface QuarterFigures {
  quarter: string;
  n: number;
  index: IndexFigures | null;
}

/** A question with its answers, from worst (1) to best. */
export interface Question {
  key: string;
  name: string;
  question: string;
  answers: string[];
}

/** The whole hall as of event `seq`; also the first message on the event socket. */
export interface Queue {
  type: 'snapshot';
  seq: number;
  at: string;
  day: string;
  version: string;
  branch: Branch;
  services: Service[];
  counters: Counter[];
  recent_calls: RecentCall[];
  agencies: Agency[];
  notice: string | null;
  notice_until: string | null;
  cared: CaredFor[];
  history: string;
  day_ends: string;
  words_at: ('kiosk' | 'tablet')[];
  waits_right: number | null;
  staff?: StaffView;
}

/** A stretch of the day without any sound, such as prayer times. */
export interface Quiet {
  starts: string;
  ends: string;
  days: number[];
}

/** A quiet call, for those who go there; `name` is the officer's. */
export interface QuietCall {
  id: string;
  at: string;
  counter: string;
  number: number;
  name: string;
  step: 'called' | 'confirmed' | 'ended' | 'going';
}

/** What became of a quiet call; `reason` is what one person wrote who ended it alone. */
export interface QuietCallChanged {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'quiet_call_changed';
  call: string;
  counter: CounterRef;
  step: 'called' | 'confirmed' | 'ended' | 'going';
  reason?: string;
  tickets?: StaffTicket[];
}

/** Somebody at a counter calls for help without a sound. */
export interface QuietCalled {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'quiet_called';
  call: string;
  day: string;
  counter: CounterRef;
  tickets?: StaffTicket[];
}

/** Quiet calls that are not over, the oldest first. */
export interface QuietList {
  calls: QuietCall[];
}

/** One's own quiet call, as the small sign at the counter shows it. */
export interface QuietSign {
  id: string;
  counter: string;
  step: 'called' | 'confirmed' | 'ended' | 'going';
}

/** The number that was read. */
export interface Read {
  label: string;
  open: boolean;
  given: boolean;
  language: string;
}

/** Somebody of an agency; `invited`: has no password yet, `over`: the invitation ran out. */
export interface Reader {
  id: string;
  name: string;
  login: string;
  agency: string;
  invited: boolean;
  over: boolean;
}

/** People of agencies whom the caller looks after, and the agencies they may be of. */
export interface Readers {
  people: Reader[];
  agencies: string[];
}

/** The call was repeated; no state changes. `language` as in `called`. */
export interface Recalled {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'recalled';
  ticket: string;
  leg: number;
  label: string;
  service: string;
  counter: CounterRef;
  number: number;
  recalls: number;
  language?: string;
  tickets?: StaffTicket[];
}

/** One of the latest calls, newest first; `seq` is the event's, `recalls` the repeat's. */
export interface RecentCall {
  seq: number;
  at: string;
  ticket: string;
  label: string;
  service: string;
  counter: string;
  number: number;
  recall: boolean;
  language: string | null;
  recalls: number;
}

/** What is counted at the door, apart from all numbers and waits. */
export interface ReceptionFigures {
  unnumbered: number;
  kinds: CountedKind[];
  door: DoorFigures;
  arrivals: ArrivalFigures;
}

/** Codes that each log in once without app or passkey, told this once. */
export interface RecoveryCodes {
  codes: string[];
}

/** The end of a day was taken back, or the clock was set: the turn goes on, in day `day`. */
export interface Reopened {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'reopened';
  day: string;
  eligible_at: number;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** The figures of a period of business days, both ends in. */
export interface Report {
  first: string;
  last: string;
  days: number;
  unrolled: number;
  office: string;
  zone: string;
  compare_first: string | null;
  compare_last: string | null;
  figures: Record<string, number | null>;
  compared: Record<string, number | null> | null;
  services: ReportSlice[];
  agencies: ReportSlice[];
  classes: ReportSlice[];
  counters: ReportSlice[];
  hours: ReportSlice[];
  heat: ReportHeat[];
  waits: ReportBin[];
  trend: ReportPoint[];
  reception: ReceptionFigures | null;
  charts: Record<string, string>;
}

/** How many called turns waited from `from_minutes` to under `to_minutes` (null: open). */
export interface ReportBin {
  from_minutes: number;
  to_minutes: number | null;
  turns: number;
  share: number | null;
}

/** One hour of one weekday (1 Monday); turns are a mean over the days of that weekday. */
export interface ReportHeat {
  weekday: number;
  hour: number;
  turns_per_day: number;
  wait_p50_s: number | null;
  wait_p90_s: number | null;
}

/** A day, week or month of the course; `before_*` is the same weekday a week earlier. */
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

/** The figures of one service, agency, counter, class or hour. */
export interface ReportSlice {
  key: string;
  name: string;
  figures: Record<string, number | null>;
}

/** Another paper of the same ticket was asked for. */
export interface ReprintOrdered {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'reprint_ordered';
  ticket: string;
  label: string;
  tickets?: StaffTicket[];
}

/** The ticket waits again: from a call, a hold, or a missed call within the grace time. */
export interface Returned {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'returned';
  counter?: string;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** The plan of a week. */
export interface Rota {
  week: string;
  version: number;
  versions: RotaVersion[];
  share: number;
  minutes: number;
  own: Record<string, Target>;
  days: DayRota[];
  closed: string[];
}

/** A counter, and what it may offer. */
export interface RotaCounter {
  number: number;
  services: string[];
}

/** What a plan has to meet, and who is there for it. */
export interface RotaRules {
  share: number;
  minutes: number;
  least: number;
  shortest: number;
  longest: number;
  rest: number;
  friday_rest: number;
  rest_from: string;
  rest_until: string;
  opens: string;
  closes: string;
  officers: Officer[];
}

/** What plans have to meet; version 0: nobody said yet. */
export interface RotaRulesAnswer {
  version: number;
  rules: RotaRules;
  services: RotaService[];
  counters: RotaCounter[];
}

/** A service by its name, and the target that plans have for it. */
export interface RotaService {
  service: string;
  name: string;
  share: number;
  minutes: number;
  own: boolean;
}

/** A saved plan: when, and who saved it. */
export interface RotaVersion {
  version: number;
  at: string;
  name: string;
}

/** A place and what became of today's checks; `who` is to make them. */
export interface Round {
  place: string;
  name: string;
  who: string;
  slots: Slot[];
}

/** How numbers from `start` on are put together; see `languages/id.toml`. */
export interface Rule {
  from: number;
  by: number;
  say: string[];
  link: string | null;
  link_below: number;
}

/** A call to be said. */
export interface Said {
  label: string;
  counter: number;
  kind: 'call' | 'last' | 'recall';
  prefix: string;
  place: string;
  agency: string | null;
}

/** A sentence that somebody wrote at the end; whose it is nobody knows. */
export interface SaidFigures {
  id: string;
  day: string;
  service: string;
  said: string;
}

/** A season that a day is in. */
export interface Season {
  name: string;
  percent: number;
  said: boolean;
}

/** What only staff see of a counter. */
export interface Seat {
  holder: string | null;
  holder_id: string | null;
  reason: string | null;
  since: string | null;
  usual: string[];
  unheard: 'mute' | 'unvoiced' | null;
}

/** A counter of the plan: whose, between which half hours, and how long it really was open. */
export interface SeatBack {
  counter: number;
  officer: string;
  start: number;
  end: number;
  hours: number;
  opened: number;
}

/** A call as clips and as words. */
export interface Sentence {
  clips: string[];
  words: string;
}

/** A service as the kiosk shows it. */
export interface Service {
  id: string;
  code: string;
  prefix: string;
  name: string;
  names: Record<string, string>;
  open: boolean;
  waiting: number;
  estimate: Estimate | null;
  agency: string | null;
  requirements: Record<string, string[]>;
  target_minutes: number;
  paused: boolean;
  notice: string | null;
  next_opening: string | null;
  reason: 'closed' | 'last_ticket' | 'paused' | 'quota' | null;
  open_until: string | null;
  later: number;
  notices: Record<string, string>;
  picture: string;
  starts: string | null;
  booked: string[];
  left: number | null;
}

/** What is expected of a service on a day. */
export interface ServiceDay {
  service: string;
  expected: number;
  share: number | null;
  p90: number | null;
  missed: number[];
}

/** One service: answers, people served, answers wanted for them, and the index. */
export interface ServiceFigures {
  code: string;
  name: string;
  n: number;
  served: number;
  target: number;
  index: IndexFigures | null;
}

/** People expected for a service, in the half hours with somebody. */
export interface ServiceForecast {
  service: string;
  name: string;
  expected: number;
  slots: ForecastSlot[];
}

/** A service in all halls together, and in each that offers it. */
export interface ServiceInHalls {
  name: string;
  n: number;
  figures: Record<string, number | null>;
  halls: HallFigures[];
}

/** Answer of `GET /api/services`. */
export interface ServiceList {
  services: Service[];
  agencies: Agency[];
  branch: Branch;
}

/** No new numbers for a service; those who wait keep their places. */
export interface ServicePaused {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'service_paused';
  service: string;
  notice: string;
  notices: Record<string, string>;
  tickets?: StaffTicket[];
}

/** Numbers are given again. */
export interface ServiceResumed {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'service_resumed';
  service: string;
  tickets?: StaffTicket[];
}

/** How far the set-up is. */
export interface SetUp {
  open: boolean;
  mine: boolean;
  here: boolean;
  draft: string;
  templates: Template[];
  zones: string[];
}

/** What is wrong: the path of the setting, and why in words. */
export interface SettingProblem {
  path: string;
  words: string;
}

/** The settings in force, and the form to change them. */
export interface Settings {
  version: number;
  settings: string;
  form: FormField[];
  languages: string[];
  draft: string;
  draft_base: number;
  draft_mark: string;
  draft_at: string | null;
  planned: PlannedSettings[];
}

/** What would happen if these settings were saved now. */
export interface SettingsCheck {
  problems: SettingProblem[];
  changes: string[];
  conflicts: string[];
  version: number;
}

/** Versions, the newest first. */
export interface SettingsHistory {
  versions: SettingsVersion[];
}

/** The version in force now; `planned` is the id of what begins later, `end` of its end. */
export interface SettingsSaved {
  version: number;
  planned: string;
  end: string;
}

/** A version of the settings: when it came, who made it, and what changed with it. */
export interface SettingsVersion {
  version: number;
  at: string;
  name: string;
  changes: string[];
}

/** Somebody at a counter from half hour `start` until `end`, with one rest perhaps. */
export interface Shift {
  officer: string;
  counter: number;
  start: number;
  end: number;
  rest: number | null;
  rest_slots: number;
}

/** What one screen shows and whether it is heard. */
export interface Shows {
  services: string[];
  counters: number[];
  sound: 'auto' | 'chime' | 'off' | 'voice';
  zone: string;
  playlist: string;
  media_volume: number;
}

/** A stretch of time in which a place is to be looked at; `done` is when it was. */
export interface Slot {
  start: string;
  due: string;
  state: 'done' | 'later' | 'missed' | 'now';
  done: string | null;
}

/** Settings of a version, or of a file: JSON text and the version they were made from. */
export interface SomeSettings {
  settings: string;
  base: number;
}

/** A counter as staff see it: also who sits there, and why it pauses. */
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
  unheard: 'mute' | 'unvoiced' | null;
}

/** Answer of `GET /api/people`. */
export interface StaffPeople {
  people: StaffPerson[];
}

/** Somebody who serves, in the order of names and never of figures. */
export interface StaffPerson {
  id: string;
  name: string;
  role: string;
  login: string;
  helped: boolean;
  given: boolean;
  invited: boolean;
  over: boolean;
  services: string[] | null;
  second_step: boolean;
}

/** A ticket of today as whoever serves sees it; what is at its default is left out. */
export interface StaffTicket {
  id: string;
  label: string;
  service: string;
  state: TurnState;
  priority?: Priority;
  language: string;
  people?: number;
  called_at?: string;
  started_at?: string;
  wait_s?: number;
  recalls?: number;
  rule?: string;
  why?: string;
  rule_value?: number;
  note?: string;
  note_for_counter?: string;
  hold_reason?: string;
  hold_until?: string;
  due?: string;
  day: string;
  since: string;
  arrival: number;
  eligible?: string;
  counter?: string;
  sent_to?: string;
  told?: number;
}

/** The part of a snapshot that only staff get. */
export interface StaffView {
  seats: Record<string, Seat>;
  tickets: StaffTicket[];
  help: Asked[];
  door: AtTheDoor;
}

/** The visitor is at the counter, service begins. */
export interface Started {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'started';
  counter: string;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** People who waited longer than promised, and the minutes beyond it of all together. */
export interface Sum {
  late: number;
  over: number;
}

/** The questions of a survey, in the language asked for. */
export interface SurveyForm {
  method: string;
  name: string;
  office: string;
  questions: Question[];
  about: About[];
}

/** The satisfaction of a period. */
export interface SurveyReport {
  office: string;
  first: string;
  last: string;
  method: string;
  method_name: string;
  scale: number;
  n: number;
  served: number;
  target: number;
  few: boolean;
  index: IndexFigures | null;
  others: OtherIndex[];
  elements: ElementFigures[];
  services: ServiceFigures[];
  quarters: QuarterFigures[];
  plans: PlanFigures[];
  bursts: BurstFigures[];
  said: SaidFigures[];
  comfort: ComfortFigures | null;
}

/** A shift that is offered. */
export interface Swap {
  id: string;
  day: string;
  officer: string;
  taker: string | null;
  own: boolean;
  mine: boolean;
  state: 'accepted' | 'offered' | 'refused' | 'taken' | 'withdrawn';
  shift: OwnShift | null;
  gives: OwnShift | null;
}

/** Shifts that are offered and not decided, the earliest day first. */
export interface SwapList {
  swaps: Swap[];
}

/** One spoken language. Every entry of the five maps is a clip: name -> the text to say. */
export interface Table {
  language: string;
  name: string;
  call: string[];
  phrases: Record<string, string>;
  places: Record<string, string>;
  letters: Record<string, string>;
  numbers: Record<string, string>;
  units: Record<string, string>;
  rules: Rule[];
}

/** A paired tablet: its counter, and the words of the last four weeks. */
export interface Tablet {
  id: string;
  name: string;
  counter: number | null;
  paired_at: string;
  words: number;
  last: string | null;
}

/** The code to type on the tablet, once and within so many minutes, and the page to open. */
export interface TabletCode {
  code: string;
  minutes: number;
  page: string;
}

/** The tablets, by counter. */
export interface TabletList {
  tablets: Tablet[];
}

/** So many per cent of people are called within so many minutes. */
export interface Target {
  share: number;
  minutes: number;
}

/** A kind of office to begin with; `settings` is JSON text. */
export interface Template {
  name: string;
  names: Record<string, string>;
  about: Record<string, string>;
  settings: string;
}

/** Thanks of a visitor for the one who asks. */
export interface Thanks {
  day: string;
  at: string;
  service: string;
  said: string;
}

/** Thanks, the newest first. */
export interface ThanksList {
  thanks: Thanks[];
}

/** A ticket as it stands; `rule`, `why` and both notes are for staff. */
export interface Ticket {
  id: string;
  label: string;
  service: string;
  state: TurnState;
  priority: Priority;
  language: string;
  people: number;
  called_at: string | null;
  started_at: string | null;
  wait_s: number | null;
  recalls: number;
  rule: string | null;
  why: string | null;
  rule_value: number | null;
  note: string | null;
  note_for_counter: string | null;
  hold_reason: string | null;
  hold_until: string | null;
  due: string | null;
  service_name: string;
  ahead: number;
  estimate: Estimate | null;
  issued_at: string;
  tracking_url: string;
  print: PrintState;
  counter: CounterPlace | null;
  service_s: number | null;
  due_at: string | null;
  not_yet: boolean;
  attended: boolean;
  followable: boolean;
}

/** Staff corrected a ticket: the class, how many people, the language. `leg` is present. */
export interface TicketChanged {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'ticket_changed';
  ticket: string;
  leg: number;
  label: string;
  service: string;
  was_priority: Priority;
  priority: Priority;
  people: number;
  language: string;
  tickets?: StaffTicket[];
}

/** A ticket in the staff's list: who waits, is held or was missed. */
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
  due_at: string | null;
  not_yet: boolean;
}

/** Today's tickets in one state, first in line first; `more` when the list was cut. */
export interface TicketList {
  tickets: TicketLine[];
  more: boolean;
}

/** How this server speaks TLS. */
export interface TlsNow {
  state: 'authority' | 'files' | 'none' | 'proxy';
  address: string;
  until: string;
  page: string;
  picture: string;
  fingerprint: string;
  authority_until: string;
}

/** What a screen is to do: its part in the sound, and whether there is something new. */
export interface Told {
  sound: 'chime' | 'off' | 'voice';
  revision: string;
}

/** A day in numbers. Waits count to the first call; seconds; null when nobody was called. */
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
  unfinished: number;
  wait_mean_s: number | null;
  wait_p50_s: number | null;
  wait_p90_s: number | null;
  service_mean_s: number | null;
  longest_waiting_s: number | null;
  within_target: number | null;
  reception: ReceptionFigures;
}

/** What the visitor's phone shows; nothing personal in it. */
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

/** The turn ended by transfer and the next leg waits, at `arrival` in its line. */
export interface Transferred {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'transferred';
  to_service: string;
  to_leg: number;
  arrival: number;
  counter?: string;
  to_counter?: string;
  note?: string;
  outcome: Outcome;
  due?: number;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** What became of a test page. */
export interface Trial {
  state: 'printed' | 'printing' | 'sent';
  bytes: number | null;
  ticket_bytes: number;
  ticket_seconds: number | null;
  words: string;
}

/** What comes of a day's shifts; null on a day on which nobody is expected. */
export interface Tried {
  outcome: Outlook | null;
}

/** A test page left for a printer; what to look for, in words. */
export interface TriedPrinter {
  words: string;
}

/** Still at a counter at day end; closed by the clock, not by hand. */
export interface TurnClosed {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'turn_closed';
  outcome: Outcome;
  reason?: string;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
}

/** Where one wait-and-serve of a ticket stands. */
export type TurnState = 'waiting' | 'called' | 'serving' | 'held' | 'done' | 'no_show' | 'cancelled' | 'transferred' | 'expired' | 'closed';

/** A slip at the counter was taken back within seconds: the turn is again in `state`. */
export interface Undone {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'undone';
  counter: string;
  undoes: number;
  what: string;
  since: number;
  next_leg?: number;
  next_service?: string;
  ticket: string;
  leg: number;
  label: string;
  service: string;
  priority: Priority;
  was: TurnState;
  state: TurnState;
  booked?: number;
  sent_to?: string;
  tickets?: StaffTicket[];
  current?: CurrentTicket | null;
  call?: RecentCall | null;
  lines?: Record<string, LineNow>;
}

/** What an act that was taken back leaves; told with its event, as it is in no earlier one. */
export interface UndoneNow {
  current: CurrentTicket | null;
  call: RecentCall | null;
  lines: Record<string, LineNow>;
}

/** How right ranges were. */
export interface Verdict {
  told: number;
  waited: number;
  inside: number | null;
  above: number | null;
  below: number | null;
  width: number | null;
  bias: number | null;
  unknown: number | null;
}

/** All that is kept of a number: rows by table, as they are; `data` of events is JSON. */
export interface VisitData {
  day: string;
  label: string;
  rows: Record<string, (Record<string, string | number | number | null>)[]>;
}

/** A visitor who needs no number was counted; `n` is -1 where a slip is taken back. */
export interface VisitorCounted {
  type: 'event';
  seq: number;
  after?: number;
  at: string;
  kind: 'visitor_counted';
  day: string;
  what: string;
  n: -1 | 1;
  tickets?: StaffTicket[];
}

/** How calls are heard. */
export interface Voice {
  languages: string[];
  style: 'digits' | 'natural';
  times: number;
  pack: string;
  agency: boolean;
  chime: boolean;
  volume: number;
  ducked: number;
  quiet: Quiet[];
}

/** How this hall speaks. */
export interface VoiceAnswer {
  rules: Voice;
  last_recall: number;
  zone: string;
  languages: Record<string, Language>;
}

/** One set of clips: id of the staff's pack, or `""`; clip -> address. */
export interface VoiceChoice {
  pack: string;
  clips: Record<string, string>;
}

/** Those who wait for a service now; `over` counts those beyond its target. */
export interface WaitNow {
  service: string;
  waiting: number;
  longest_s: number;
  target_s: number;
  over: number;
}

/** A device that waits, as the server sees it; `since` when it came. */
export interface WaitingDevice {
  kind: 'agent' | 'display' | 'kiosk' | 'tablet';
  counter: number | null;
  address: string;
  browser: string;
  since: string;
}

/** Who waits. `told`: false where several halls share a server: then only the code tells. */
export interface WaitingDevices {
  devices: WaitingDevice[];
  told: boolean;
}

/** Answer of `GET /api/waits`: services where somebody waits. */
export interface WaitsNow {
  waits: WaitNow[];
}

/** What became of a week's plan, as far as its days are over. */
export interface WeekBack {
  week: string;
  names: Record<string, string>;
  days: DayBack[];
  expected: number;
  came: number;
  half_hours: number;
  foreseen: number;
  missed: number;
  hours: number;
  opened: number;
  needed: number;
  beyond: number;
}

/** Services with the same hours in all of the week. */
export interface WeekLine {
  services: string[];
  days: OpenDay[];
}

/** A wish as it travels; an act that this program does not know is refused, not misread. */
export interface Wish {
  id: string;
  device: string;
  act: string;
  name: string;
  by: string;
}

/** A wish for a device and how it stands. */
export interface WishNow {
  id: string;
  device: string;
  was: string;
  act: 'end' | 'reload' | 'rename';
  name: string;
  by: string;
  at: string;
  state: 'away' | 'done' | 'gone' | 'late' | 'refused' | 'waiting';
  ended_at: string | null;
}

/** A visitor's word as those see it who act on it. */
export interface Word {
  id: string;
  day: string;
  at: string;
  label: string;
  service: string;
  counter: number | null;
  wait_s: number | null;
  face: number;
  said: string;
  thanks: boolean;
  channel: string;
  device: string;
  language: string;
  low: boolean;
  due: string | null;
  late: boolean;
  read: string | null;
  owner: string | null;
  action: string | null;
  acted: string | null;
  helped: boolean | null;
  reopened: boolean;
  blacked: boolean;
}

/** Words, the newest first; `more` when not all are listed. */
export interface WordList {
  words: Word[];
  more: boolean;
}

/** One event of the feed. */
export type HallEvent =
  | Configured
  | Issued
  | Called
  | Recalled
  | Started
  | Finished
  | NoShow
  | Returned
  | Held
  | Transferred
  | Continued
  | Undone
  | Freed
  | TicketChanged
  | Cancelled
  | Expired
  | TurnClosed
  | ReprintOrdered
  | Printed
  | PrintFailed
  | PrintMoved
  | HelpRequested
  | HelpTaken
  | HelpArrived
  | VisitorCounted
  | DoorMeasured
  | CounterChanged
  | NoticeChanged
  | ServicePaused
  | ServiceResumed
  | DayClosed
  | Reopened
  | DayReopened
  | NumbersResumed
  | ClockSet
  | AlarmRaised
  | AlarmCleared
  | EquipmentChanged
  | ComfortChecked
  | FaultReported
  | FaultChanged
  | QuietCalled
  | QuietCallChanged
  | Advised
  | AdviceAnswered;
