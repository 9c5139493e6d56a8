CREATE TABLE entries (
  id            integer primary key,
  feed_id       integer not null references feeds,
  key           text    not null,             -- the guid; of a second item with that guid: guid#hash
  published_id  text    not null unique,      -- for ever
  guid          text    not null,
  link          text    not null,
  raw_hash      blob    not null,             -- sha256 of the item as it was parsed, in json
  clean_version integer not null,
  revisions     integer not null default 0,   -- how often something that can be seen changed
  published_at  integer not null,             -- 0 unknown
  updated_at    integer not null,             -- never later than when it came
  first_seen_at integer not null,             -- never changes
  sort_at       integer not null,             -- given once, so that no update floats an entry up
  title         text    not null,
  untitled      integer not null,             -- 1: the title was made from the text
  lang          text    not null,
  dir           text    not null,
  authors       text    not null,             -- json, as tags, enclosures and source
  tags          text    not null,
  enclosures    text    not null,
  source        text    not null,
  comments      text    not null,
  excerpt       text    not null,
  summary       text    not null,             -- cleaned HTML, as content
  content       text    not null,
  text          text    not null,
  raw           blob    not null, teaser text not null default '',             -- that json, zstd
  unique (feed_id, key)
) strict;

CREATE TABLE feeds (
  id            integer primary key,
  slug          text    not null unique,      -- the feed's id in feeds.yaml
  url           text    not null,             -- as in feeds.yaml; when it changes, validators and schedule start anew
  title         text    not null default '',  -- what the feed says of itself
  site_url      text    not null default '',
  lang          text    not null default '',
  etag          text    not null default '',  -- validators, byte for byte,
  last_modified text    not null default '',
  validated     text    not null default '',  -- and the address that gave them
  body_hash     blob,                         -- sha256 of the last document that was read whole
  fetched_at    integer not null default 0,   -- seconds since 1970, UTC, as all times here; 0 never
  succeeded_at  integer not null default 0,
  next_fetch_at integer not null default 0,   -- a promise: not asked before
  failures      integer not null default 0,   -- in a row
  last_status   integer not null default 0,   -- HTTP; 0 when no answer came
  last_error    text    not null default ''   -- a sentence for a person; '' when all is well
, fetch_url     text    not null default '', started_at    integer not null default 0, failing_since integer not null default 0, waiting_until integer not null default 0, fresh         integer not null default 0, hints         text    not null default '', moved_to      text    not null default '', moved_since   integer not null default 0, moved_seen    integer not null default 0, told          text    not null default '', advice        text    not null default '', newest_at     integer not null default 0, gap           integer not null default 0, duplicate_of  text    not null default '') strict;

CREATE TABLE fetches (
  id      integer primary key,
  feed_id integer not null references feeds,
  at      integer not null,
  status  integer not null,
  bytes   integer not null,
  millis  integer not null,
  new     integer not null,
  updated integer not null,
  error   text    not null
) strict;

CREATE TABLE hosts (
  host         text    primary key,
  paused_until integer not null,
  said_at      integer not null               -- when they did; in the future: the clock was wrong
) strict;

CREATE TABLE meta (
  key   text primary key,
  value text not null
) strict;

CREATE TABLE slices (
  feed_id  integer not null references feeds,
  hash     blob    not null,                  -- 128 bits over the slice and over all that has a say in how it is read
  entry_id integer not null references entries on delete cascade,
  primary key (feed_id, hash)
) strict, without rowid;

CREATE TABLE starts (
  at    integer not null,
  feeds text    not null                      -- json: their ids
) strict;

CREATE INDEX entries_guid on entries (feed_id, guid);

CREATE INDEX entries_hash on entries (feed_id, raw_hash);

CREATE INDEX entries_river on entries (sort_at desc, id desc);

CREATE INDEX entries_version on entries (clean_version);

CREATE INDEX fetches_at on fetches (at);

