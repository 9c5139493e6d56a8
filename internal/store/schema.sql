CREATE TRIGGER entries_erased before delete on entries begin
  insert into shelves (kind, name, number, title)
    select 'post', iif(s.published_as = '', old.published_id, s.published_as), 0, '' from standings s where s.entry_id = old.id and s.month > 0
    on conflict (kind, name, number) do update set stale = 1, entries = 0;
end;

CREATE TRIGGER entries_new after insert on entries when exists (select 1 from meta where key = 'images')
  begin insert or ignore into unlooked values (new.id); end;

CREATE TRIGGER entries_other after update of revisions on entries when exists (select 1 from meta where key = 'images')
  begin insert or ignore into unlooked values (new.id); end;

CREATE TRIGGER standings_as_other after update of published_as on standings when old.month > 0 and old.published_as <> new.published_as begin
  insert into shelves (kind, name, number, title)
    select 'post', iif(old.published_as = '', e.published_id, old.published_as), 0, '' from entries e
      where e.id = old.entry_id and iif(old.published_as = '', e.published_id, old.published_as) <> new.published_as
    on conflict (kind, name, number) do update set stale = 1, entries = 0;
end;

CREATE TRIGGER standings_original after update of original, unshelved on standings
when old.original <> new.original or new.unshelved > old.unshelved and new.original > 0 begin
  update standings set unshelved = 1 where entry_id in (old.original, new.original) and not unshelved;
end;

CREATE TRIGGER stands_come after insert on stands begin
  update shelves set entries = entries + 1, stale = max(stale, 1) where id = new.shelf;
end;

CREATE TRIGGER stands_go after delete on stands begin
  update shelves set entries = entries - 1, stale = max(stale, 1) where id = old.shelf;
end;

CREATE TRIGGER tallies_come after insert on standings begin
  insert into tallies values (new.feed_id, new.reason, 1) on conflict do update set entries = entries + 1;
end;

CREATE TRIGGER tallies_go after delete on standings begin
  update tallies set entries = entries - 1 where feed_id = old.feed_id and reason = old.reason;
end;

CREATE TRIGGER tallies_move after update of feed_id, reason on standings when (old.feed_id, old.reason) <> (new.feed_id, new.reason) begin
  update tallies set entries = entries - 1 where feed_id = old.feed_id and reason = old.reason;
  insert into tallies values (new.feed_id, new.reason, 1) on conflict do update set entries = entries + 1;
end;

CREATE TABLE aliases (
  entry_id  integer not null references entries on delete cascade,
  value     text    not null,                 -- a guid or a link
  canonical text    not null,                 -- the same in the form in which addresses are compared; '' it is none
  primary key (entry_id, value)
) strict, without rowid;

CREATE TABLE arrivals (
  id       integer primary key,
  feed_id  integer not null references feeds,
  days     integer not null,                  -- since the feed's last successful fetch, at least 1
  first    integer not null,                  -- 1: the feed's first
  founding integer not null,                  -- 1: in the planet's first run
  suspect  text    not null,                  -- by which signs the feed seemed to be somebody else's; '' it didn't
  released integer not null default 0         -- 1: a person let it through
) strict;

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
  raw           blob    not null, teaser text not null default '', rights text not null default '',             -- that json, zstd
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
, fetch_url     text    not null default '', started_at    integer not null default 0, failing_since integer not null default 0, waiting_until integer not null default 0, fresh         integer not null default 0, hints         text    not null default '', moved_to      text    not null default '', moved_since   integer not null default 0, moved_seen    integer not null default 0, told          text    not null default '', advice        text    not null default '', newest_at     integer not null default 0, gap           integer not null default 0, duplicate_of  text    not null default '', fingerprint text    not null default '', held        text    not null default '', held_since  integer not null default 0, restamps    integer not null default 0, churning    integer not null default 0, warnings    text    not null default '') strict;

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

CREATE TABLE graves (
  sign    blob    not null primary key,       -- sha256 of what it is known by
  at      integer not null
) strict, without rowid;

CREATE TABLE hosts (
  host         text    primary key,
  paused_until integer not null,
  said_at      integer not null               -- when they did; in the future: the clock was wrong
) strict;

CREATE TABLE images (
  id          integer primary key,
  url         text    not null unique,
  name        text    not null default '',   -- of the file that holds it; '' there is none
  width       integer not null default 0,    -- pixels
  height      integer not null default 0,
  bytes       integer not null default 0,
  fetched_at  integer not null default 0,    -- when it was last asked for
  failures    integer not null default 0,    -- in a row
  next_try_at integer not null default 0,    -- 0: never
  error       text    not null default ''    -- why there is no file, a sentence
) strict;

CREATE TABLE listings (
  feed_id integer primary key references feeds,
  entries text    not null                    -- json: their ids
) strict;

CREATE TABLE meta (
  key   text primary key,
  value text not null
) strict;

CREATE TABLE shelves (
  id      integer primary key,
  kind    text    not null,                   -- 'author', 'month', 'history', 'tag', 'lang', 'post'
  name    text    not null,                   -- slug of the author, tag or language; '2026/11'; of a post the id it is published under
  number  integer not null,                   -- of the page, from 1, where there are several of a name; 0 there is one
  title   text    not null,                   -- a tag as it was first written
  entries integer not null default 0,         -- how many stand on it
  stale   integer not null default 2,         -- 1: what is published of it is to be made anew; 2: nothing is yet
  unique (kind, name, number)
) strict;

CREATE TABLE shows (
  entry_id integer not null references entries on delete cascade,
  image_id integer not null references images,
  teaser   integer not null,                 -- 1: also where only its beginning is shown
  primary key (entry_id, image_id)
) strict, without rowid;

CREATE TABLE slices (
  feed_id  integer not null references feeds,
  hash     blob    not null,                  -- 128 bits over the slice and over all that has a say in how it is read
  entry_id integer not null references entries on delete cascade,
  primary key (feed_id, hash)
) strict, without rowid;

CREATE TABLE standings (
  entry_id     integer primary key references entries on delete cascade,
  feed_id      integer not null references feeds,
  arrival      integer not null default 0,    -- 0: from before arrivals were kept
  canonical    text    not null default '',   -- the address that all copies of the post share; '' unknown
  text_sum     integer not null default 0,    -- of title and text; 0: too short to tell posts apart
  churn        integer not null default 0,    -- fetches in a row in which it was another one
  pending      integer not null default 0,    -- 1: what was read of it last isn't shown yet
  gone_at      integer not null default 0,    -- when the feed left it out while older ones remained
  released     integer not null default 0,    -- 1: a person let it through
  shown_at     integer not null default 0,    -- when it was first on the river
  signed_at    integer not null default 0,    -- when an edit last changed canonical or text_sum; 0 never
  published_as text    not null default '',   -- the id it had then
  -- the verdict of selection
  stale        integer not null default 1,    -- 1: to be judged again
  sort_at      integer not null default 0,
  reason       text    not null default '?',  -- '' shown, '?' never judged
  original     integer not null default 0,    -- of a duplicate: the entry that stands for it
  until        integer not null default 0     -- when time alone changes the verdict
, listing   integer not null default 0, month     integer not null default 0, slot      integer not null default 0, nth       integer not null default 0, unshelved integer not null default 0) strict;

CREATE TABLE stands (
  shelf    integer not null references shelves,
  sort_at  integer not null,
  entry_id integer not null references entries on delete cascade,
  primary key (shelf, sort_at, entry_id)
) strict, without rowid;

CREATE TABLE starts (
  at    integer not null,
  feeds text    not null                      -- json: their ids
) strict;

CREATE TABLE tallies (
  feed_id integer not null references feeds,
  reason  text    not null,
  entries integer not null,
  primary key (feed_id, reason)
) strict, without rowid;

CREATE TABLE unlooked (
  entry_id integer primary key references entries on delete cascade
) strict;

CREATE INDEX aliases_canonical on aliases (canonical) where canonical <> '';

CREATE INDEX aliases_value on aliases (value);

CREATE INDEX arrivals_feed on arrivals (feed_id);

CREATE INDEX entries_guid on entries (guid, feed_id);

CREATE INDEX entries_hash on entries (feed_id, raw_hash);

CREATE INDEX entries_version on entries (clean_version);

CREATE INDEX fetches_at on fetches (at);

CREATE INDEX images_due on images (next_try_at) where next_try_at > 0;

CREATE INDEX images_name on images (name) where name <> '';

CREATE INDEX shelves_stale on shelves (id) where stale;

CREATE INDEX shows_image on shows (image_id);

CREATE INDEX standings_arrival on standings (arrival);

CREATE INDEX standings_as on standings (published_as) where published_as <> '';

CREATE INDEX standings_canonical on standings (canonical) where canonical <> '';

CREATE INDEX standings_feed on standings (feed_id, reason);

CREATE INDEX standings_month on standings (month, slot) where month > 0;

CREATE INDEX standings_nth on standings (nth) where nth > 0;

CREATE INDEX standings_original on standings (original) where original > 0;

CREATE INDEX standings_river on standings (sort_at desc, entry_id desc) where reason = '';

CREATE INDEX standings_stale on standings (entry_id) where stale;

CREATE INDEX standings_text on standings (text_sum) where text_sum <> 0;

CREATE INDEX standings_unshelved on standings (sort_at, entry_id) where unshelved;

CREATE INDEX standings_until on standings (until) where until > 0;

CREATE INDEX stands_entry on stands (entry_id);

