-- Pictures that posts show, and of which copies are kept beside the database (pages.images: local). Else these tables are empty.
create table images (
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

create index images_due on images (next_try_at) where next_try_at > 0;
create index images_name on images (name) where name <> '';

-- Which entries show them.
create table shows (
  entry_id integer not null references entries on delete cascade,
  image_id integer not null references images,
  teaser   integer not null,                 -- 1: also where only its beginning is shown
  primary key (entry_id, image_id)
) strict, without rowid;

create index shows_image on shows (image_id);

-- Entries in which nobody has looked for pictures since they came or changed.
create table unlooked (
  entry_id integer primary key references entries on delete cascade
) strict;

create trigger entries_new after insert on entries when exists (select 1 from meta where key = 'images')
  begin insert or ignore into unlooked values (new.id); end;
create trigger entries_other after update of revisions on entries when exists (select 1 from meta where key = 'images')
  begin insert or ignore into unlooked values (new.id); end;
