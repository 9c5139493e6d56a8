-- The pages of entries beside the river, each a shelf: a month of the archive, an author, a tag, a language, a part of the combined feeds' history.
create table shelves (
  id      integer primary key,
  kind    text    not null,                   -- 'author', 'month', 'history', 'tag', 'lang', 'post'
  name    text    not null,                   -- slug of the author, tag or language; '2026/11'; of a post the id it is published under
  number  integer not null,                   -- of the page, from 1, where there are several of a name; 0 there is one
  title   text    not null,                   -- a tag as it was first written
  entries integer not null default 0,         -- how many stand on it
  stale   integer not null default 2,         -- 1: what is published of it is to be made anew; 2: nothing is yet
  unique (kind, name, number)
) strict;

create index shelves_stale on shelves (id) where stale;

create table stands (
  shelf    integer not null references shelves,
  sort_at  integer not null,
  entry_id integer not null references entries on delete cascade,
  primary key (shelf, sort_at, entry_id)
) strict, without rowid;

create index stands_entry on stands (entry_id);

create trigger stands_come after insert on stands begin
  update shelves set entries = entries + 1, stale = max(stale, 1) where id = new.shelf;
end;

create trigger stands_go after delete on stands begin
  update shelves set entries = entries - 1, stale = max(stale, 1) where id = old.shelf;
end;

alter table standings add column listing   integer not null default 0; -- planet.Listing
alter table standings add column month     integer not null default 0; -- of the archive, as 202611; 0 it never stood there
alter table standings add column slot      integer not null default 0; -- its place in that month, from 1, for ever: where it is linked to
alter table standings add column nth       integer not null default 0; -- its place in the history, from 1, for ever; 0 it was never in a feed
alter table standings add column unshelved integer not null default 0; -- 1: what is shown of it, or where, is newer than the shelves

create index standings_month on standings (month, slot) where month > 0;
create index standings_nth on standings (nth) where nth > 0;
create index standings_unshelved on standings (sort_at, entry_id) where unshelved;

-- A post names its copies, so it looks different when it has others.
create trigger standings_original after update of original, unshelved on standings
when old.original <> new.original or new.unshelved > old.unshelved and new.original > 0 begin
  update standings set unshelved = 1 where entry_id in (old.original, new.original) and not unshelved;
end;

-- The page of a post that is erased goes, too.
create trigger entries_erased before delete on entries begin
  insert into shelves (kind, name, number, title)
    select 'post', iif(s.published_as = '', old.published_id, s.published_as), 0, '' from standings s where s.entry_id = old.id and s.month > 0
    on conflict (kind, name, number) do update set stale = 1, entries = 0;
end;

-- So does that of a post which is published under another id from now on.
create trigger standings_as_other after update of published_as on standings when old.month > 0 and old.published_as <> new.published_as begin
  insert into shelves (kind, name, number, title)
    select 'post', iif(old.published_as = '', e.published_id, old.published_as), 0, '' from entries e
      where e.id = old.entry_id and iif(old.published_as = '', e.published_id, old.published_as) <> new.published_as
    on conflict (kind, name, number) do update set stale = 1, entries = 0;
end;

-- How many entries of a feed have which verdict.
create table tallies (
  feed_id integer not null references feeds,
  reason  text    not null,
  entries integer not null,
  primary key (feed_id, reason)
) strict, without rowid;

insert into tallies select feed_id, reason, count(*) from standings group by 1, 2;

create trigger tallies_come after insert on standings begin
  insert into tallies values (new.feed_id, new.reason, 1) on conflict do update set entries = entries + 1;
end;

create trigger tallies_go after delete on standings begin
  update tallies set entries = entries - 1 where feed_id = old.feed_id and reason = old.reason;
end;

create trigger tallies_move after update of feed_id, reason on standings when (old.feed_id, old.reason) <> (new.feed_id, new.reason) begin
  update tallies set entries = entries - 1 where feed_id = old.feed_id and reason = old.reason;
  insert into tallies values (new.feed_id, new.reason, 1) on conflict do update set entries = entries + 1;
end;

alter table entries add column rights text not null default '';

-- All are judged again, since what was kept of a verdict doesn't say where the entry is listed.
update standings set stale = 1;
