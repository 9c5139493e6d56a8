-- What the schedule needs to know, and what it promised.
alter table feeds add column fetch_url     text    not null default '';  -- where permanent redirects led for long enough; '' the url itself
alter table feeds add column started_at    integer not null default 0;   -- the last request that went out, whatever became of it
alter table feeds add column failing_since integer not null default 0;   -- the first of the failures in a row
alter table feeds add column waiting_until integer not null default 0;   -- a Retry-After
alter table feeds add column fresh         integer not null default 0;   -- seconds: how long its last answer was good for
alter table feeds add column hints         text    not null default '';  -- json: ttl, skipHours and the like
alter table feeds add column moved_to      text    not null default '';  -- where permanent redirects lead now,
alter table feeds add column moved_since   integer not null default 0;   -- since when,
alter table feeds add column moved_seen    integer not null default 0;   -- and how often they were seen
alter table feeds add column told          text    not null default '';  -- the trouble that a person was told of
alter table feeds add column advice        text    not null default '';  -- what a person could do about it
alter table feeds add column newest_at     integer not null default 0;   -- the date of its newest entry
alter table feeds add column gap           integer not null default 0;   -- seconds that usually pass between two entries
alter table feeds add column duplicate_of  text    not null default '';  -- slug of the feed that has the same document, and the entries

update feeds set started_at = fetched_at, (newest_at, gap) = (
  select coalesce(max(sort_at), 0), coalesce((max(sort_at) - min(sort_at)) / max(count(*) - 1, 1), 0)
  from (select sort_at from entries where feed_id = feeds.id order by sort_at desc limit 10)
);

-- Requests that went out and whose outcome isn't recorded yet: after a crash nobody is asked twice.
create table starts (
  at    integer not null,
  feeds text    not null                      -- json: their ids
) strict;

-- Hosts that said 429.
create table hosts (
  host         text    primary key,
  paused_until integer not null,
  said_at      integer not null               -- when they did; in the future: the clock was wrong
) strict;
