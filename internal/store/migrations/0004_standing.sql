-- By what a feed is known to be the same blog's, and whether it seems to be another's now.
alter table feeds add column fingerprint text    not null default '';  -- json
alter table feeds add column held        text    not null default '';  -- the signs, in words; '' not held
alter table feeds add column held_since  integer not null default 0;
alter table feeds add column restamps    integer not null default 0;   -- documents in a row in which every known entry had another date
alter table feeds add column churning    integer not null default 0;   -- 1: some entry was another one than at the fetch before
alter table feeds add column warnings    text    not null default '';  -- json: what of its documents couldn't be kept as it was

-- The fetches that brought entries.
create table arrivals (
  id       integer primary key,
  feed_id  integer not null references feeds,
  days     integer not null,                  -- since the feed's last successful fetch, at least 1
  first    integer not null,                  -- 1: the feed's first
  founding integer not null,                  -- 1: in the planet's first run
  suspect  text    not null,                  -- by which signs the feed seemed to be somebody else's; '' it didn't
  released integer not null default 0         -- 1: a person let it through
) strict;

create index arrivals_feed on arrivals (feed_id);

-- What the planet makes of an entry, beside what its author wrote. A row is small: it is written whenever the planet thinks again.
create table standings (
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
) strict;

insert into standings (entry_id, feed_id, shown_at, published_as, sort_at)
  select id, feed_id, first_seen_at, published_id, sort_at from entries;

drop index entries_river;
alter table entries drop column sort_at;
drop index entries_guid;
create index entries_guid on entries (guid, feed_id);

create index standings_river on standings (sort_at desc, entry_id desc) where reason = '';
create index standings_feed on standings (feed_id, reason);
create index standings_stale on standings (entry_id) where stale;
create index standings_until on standings (until) where until > 0;
create index standings_arrival on standings (arrival);
create index standings_canonical on standings (canonical) where canonical <> '';
create index standings_text on standings (text_sum) where text_sum <> 0;
create index standings_as on standings (published_as) where published_as <> '';
create index standings_original on standings (original) where original > 0;

-- What each feed's last document had, in its order.
create table listings (
  feed_id integer primary key references feeds,
  entries text    not null                    -- json: their ids
) strict;

-- What an entry was known by before, or is beside its canonical address.
create table aliases (
  entry_id  integer not null references entries on delete cascade,
  value     text    not null,                 -- a guid or a link
  canonical text    not null,                 -- the same in the form in which addresses are compared; '' it is none
  primary key (entry_id, value)
) strict, without rowid;

create index aliases_value on aliases (value);
create index aliases_canonical on aliases (canonical) where canonical <> '';

-- What was forgotten on request and must not come back. No texts, and of addresses only hashes.
create table graves (
  sign    blob    not null primary key,       -- sha256 of what it is known by
  at      integer not null
) strict, without rowid;
